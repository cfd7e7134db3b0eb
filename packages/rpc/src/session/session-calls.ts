import type { CodecError } from "@aster/codec";
import type { ChannelSink, EndpointId } from "@aster/transport";
import { now } from "../clock.ts";
import { RpcError } from "../error.ts";
import type { MessageForm } from "../protocol/mode.ts";
import { type CallHeader, callHeaderCodecs, type ProtocolForm } from "../protocol/structs.ts";
import type { AdmittedCall } from "../server/admitted-call.ts";
import type { CallOwner } from "../server/call-owner.ts";
import type { HostedService } from "../server/hosted-service.ts";
import { checkHeaderSize, metadataOf } from "../server/opened-header.ts";
import type { Route, RouteCoding } from "../server/route.ts";
import type { Server } from "../server/server.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import { StatusCode } from "../status.ts";

/** What a session hears of its calls. */
export interface SessionCallsObserver {
  /** A call of this method begins, if it is let in. */
  called(route: Route): void;
  /** The handler has returned, or will never be called. */
  returned(): void;
}

/** What the calls of one session have in common: the service, its instance, and how messages are written. */
export class SessionCalls implements CallOwner {
  readonly server: Server;
  readonly peer: EndpointId;
  readonly form: ProtocolForm;
  readonly faultCode: StatusCode = StatusCode.INTERNAL;
  /** The call that was begun last has broken the session. */
  fatal = false;
  /** The handler of a call has not returned. */
  handling = false;
  readonly #owner: ServerConnection;
  readonly #service: HostedService;
  readonly #instance: object;
  readonly #observer: SessionCallsObserver;

  constructor(
    owner: ServerConnection,
    service: HostedService,
    instance: object,
    observer: SessionCallsObserver,
  ) {
    this.server = owner.server;
    this.peer = owner.peer;
    this.form = owner.form;
    this.#owner = owner;
    this.#service = service;
    this.#instance = instance;
    this.#observer = observer;
  }

  admit(_: number, payload: Uint8Array): AdmittedCall {
    const { limits } = this.server;
    this.fatal = true;
    checkHeaderSize(payload, limits);
    const { method, deadlineEpochMs, metadataKeys, metadataValues } = this.#read(payload);
    const route = this.#service.routes.get(method);
    if (route === undefined) {
      throw new RpcError(StatusCode.UNIMPLEMENTED, `Method not found: ${method}`);
    }
    const metadata = metadataOf({ keys: metadataKeys, values: metadataValues }, limits);
    this.fatal = false;
    this.#observer.called(route);
    const known = { route, mode: this.form === "json" ? "json" : "xlang" } as const;
    const admitted = this.#owner.enter(known, metadata, deadlineEpochMs, this.#instance);
    this.handling = true;
    if (route.streamsResponses) return admitted;
    const latest = now() + limits.handlerTimeoutMs;
    return latest < admitted.timeoutAt ? { ...admitted, timeoutAt: latest } : admitted;
  }

  coding(route: Route, form: MessageForm): RouteCoding {
    return this.#owner.coding(route, form);
  }

  unreadable(error: CodecError): RpcError {
    return new RpcError(StatusCode.INTERNAL, `Decode error: ${error.message}`, {
      cause: error,
      details: { reason: `codec.${error.code}` },
    });
  }

  countReset(): void {
    this.#owner.countReset();
  }

  release(route: Route): void {
    this.#owner.release(route);
    this.handling = false;
    this.#observer.returned();
  }

  /** A header opens sessions; a call inside one has none. */
  session(): ChannelSink {
    throw expectedCall();
  }

  #read(payload: Uint8Array): CallHeader {
    try {
      return callHeaderCodecs[this.form].decode(payload);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : "";
      throw new RpcError(StatusCode.INTERNAL, `Invalid CallHeader: ${text}`, { cause });
    }
  }
}

export function expectedCall(): RpcError {
  return new RpcError(StatusCode.FAILED_PRECONDITION, "Expected CALL frame");
}
