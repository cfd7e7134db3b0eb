import type { CodecError } from "@aster/codec";
import type { SerializationMode } from "@aster/contract";
import type { ChannelSink, EndpointId } from "@aster/transport";
import { RpcError } from "../error.ts";
import type { WireMode } from "../protocol/mode.ts";
import { type CallHeader, callHeaderCodecs, type ProtocolForm } from "../protocol/structs.ts";
import type { AdmittedCall } from "../server/admitted-call.ts";
import type { CallOwner } from "../server/call-owner.ts";
import type { HostedService } from "../server/hosted-service.ts";
import { checkHeaderSize, metadataOf } from "../server/opened-header.ts";
import type { Route, RouteCoding } from "../server/route.ts";
import type { Server } from "../server/server.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import { expectedCall } from "./call-order.ts";

/** What a session hears of its calls. */
export interface SessionCallsObserver {
  /** A call of this method begins, if it is let in. */
  called(route: Route): void;
  /** The handler has returned, or will never be called. */
  returned(): void;
}

interface SessionParts {
  readonly owner: ServerConnection;
  readonly service: HostedService;
  /** As the header of the session has it. */
  readonly mode: string;
  readonly instance: object;
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
  readonly #parts: SessionParts;
  readonly #observer: SessionCallsObserver;
  readonly #tolerant = new Map<RouteCoding, RouteCoding>();

  constructor(parts: SessionParts, observer: SessionCallsObserver) {
    const { owner } = parts;
    this.server = owner.server;
    this.peer = owner.peer;
    this.form = owner.form;
    this.#parts = parts;
    this.#observer = observer;
  }

  admit(_: number, payload: Uint8Array): AdmittedCall {
    const { limits } = this.server;
    this.fatal = true;
    checkHeaderSize(payload, limits);
    const { method, deadlineEpochMs, metadataKeys, metadataValues } = this.#read(payload);
    const { owner, service, instance } = this.#parts;
    const route = service.routes.get(method);
    if (route === undefined) {
      throw new RpcError(StatusCode.UNIMPLEMENTED, `Method not found: ${method}`);
    }
    const metadata = metadataOf({ keys: metadataKeys, values: metadataValues }, limits);
    this.fatal = false;
    this.#observer.called(route);
    const known = { route, mode: this.#modeOf(route) };
    const admitted = owner.enter(known, metadata, deadlineEpochMs, instance);
    this.handling = true;
    if (route.streamsResponses) return admitted;
    const latest = now() + limits.handlerTimeoutMs;
    return latest < admitted.timeoutAt ? { ...admitted, timeoutAt: latest } : admitted;
  }

  coding(route: Route, form: WireMode): RouteCoding {
    const coding = this.#parts.owner.coding(route, form);
    return form === "native" || form === "row" ? this.#tolerating(coding) : coding;
  }

  unreadable(error: CodecError): RpcError {
    return new RpcError(StatusCode.INTERNAL, `Decode error: ${error.message}`, {
      cause: error,
      details: { reason: `codec.${error.code}` },
    });
  }

  countReset(): void {
    this.#parts.owner.countReset();
  }

  release(route: Route): void {
    this.#parts.owner.release(route);
    this.handling = false;
    this.#observer.returned();
  }

  /** A header opens sessions; a call inside one has none. */
  session(): ChannelSink {
    throw expectedCall();
  }

  /** A mode that the method is not in counts as XLANG, as it does for `aster-rpc`, whose clients name any mode of the service. */
  #modeOf(route: Route): SerializationMode {
    if (this.form === "json") return "json";
    const { mode } = this.#parts;
    return (mode === "native" || mode === "row") && route.takes(mode) ? mode : "xlang";
  }

  #tolerating(coding: RouteCoding): RouteCoding {
    let tolerant = this.#tolerant.get(coding);
    if (tolerant === undefined) {
      tolerant = { ...coding, answersInKind: true, mayBeXlang: true };
      this.#tolerant.set(coding, tolerant);
    }
    return tolerant;
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
