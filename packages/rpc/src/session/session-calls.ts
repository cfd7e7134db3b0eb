import type { CodecError } from "@aster/codec";
import type { SerializationMode } from "@aster/contract";
import type { EndpointId } from "@aster/transport";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { WireMode } from "../protocol/mode.ts";
import { type CallHeader, callHeaderCodecs, type ProtocolForm } from "../protocol/structs.ts";
import { RpcReason } from "../reason.ts";
import { AdmittedCall } from "../server/admitted-call.ts";
import type { Admission, CallOwner } from "../server/call-owner.ts";
import type { HostedService } from "../server/hosted-service.ts";
import { checkHeaderSize, metadataOf } from "../server/opened-header.ts";
import type { PeerBudget } from "../server/peer-budget.ts";
import type { Route, RouteCoding } from "../server/route.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import type { ServerCore } from "../server/server-core.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";

/** The session of {@link SessionCalls}. */
export interface SessionCallsObserver {
  /** A call of this method begins. It may still be refused. */
  called(route: Route): void;
  /** The call cannot be read or names no method: the session ends after its trailer. */
  broken(): void;
  /** The handler has returned, or will never run. */
  returned(): void;
  /** The caller does not read the answer. */
  stalled(): void;
}

/** The header of a session, as the server reads it. */
export interface SessionHeader {
  readonly service: HostedService;
  /** The name of the mode in the header. */
  readonly mode: string;
  readonly form: ProtocolForm;
}

/**
 * The owner of all calls of one session: it reads their headers and admits them for the session's
 * service and instance.
 *
 * Its `ServerSession` creates it, and observes its calls.
 */
export class SessionCalls implements CallOwner {
  readonly core: ServerCore;
  readonly peer: EndpointId;
  readonly budget: PeerBudget;
  readonly form: ProtocolForm;
  readonly faultCode: StatusCode = StatusCode.INTERNAL;
  /** They end with the session. */
  readonly running: undefined;
  readonly #owner: ServerConnection;
  readonly #header: SessionHeader;
  readonly #instance: object;
  readonly #observer: SessionCallsObserver;
  readonly #tolerant = new Map<RouteCoding, RouteCoding>();
  #handling = false;

  constructor(
    owner: ServerConnection,
    header: SessionHeader,
    instance: object,
    observer: SessionCallsObserver,
  ) {
    this.core = owner.core;
    this.peer = owner.peer;
    this.budget = owner.budget;
    this.form = header.form;
    this.#owner = owner;
    this.#header = header;
    this.#instance = instance;
    this.#observer = observer;
  }

  /** The handler of a call has not returned. */
  get handling(): boolean {
    return this.#handling;
  }

  admit(_: number, payload: Uint8Array): Admission {
    const { limits } = this.core;
    let readable = false;
    let header: CallHeader | undefined;
    let route: Route | undefined;
    try {
      checkHeaderSize(payload, limits);
      header = this.#read(payload);
      const { method, metadataKeys, metadataValues } = header;
      route = this.#header.service.routes.get(method);
      if (route === undefined) {
        throw new RpcError(StatusCode.UNIMPLEMENTED, `Method not found: ${method}`);
      }
      const metadata = metadataOf({ keys: metadataKeys, values: metadataValues }, limits);
      readable = true;
      return this.#enter(route, metadata, header);
    } catch (error) {
      if (!readable) this.#observer.broken();
      const called = {
        service: this.#header.service.definition.name,
        method: header?.method ?? "",
        callId: header?.callId ?? "",
        pattern: route?.method.pattern,
      };
      return { kind: "refused", form: this.form, called, error };
    }
  }

  coding(route: Route, form: WireMode): RouteCoding {
    const coding = this.#owner.coding(route, form);
    return form === "native" || form === "row" ? this.#tolerating(coding) : coding;
  }

  unreadable(error: CodecError): RpcError {
    const reason =
      error.code === "option" ? RpcReason.OPTION_INVALID : (`codec.${error.code}` as const);
    return new RpcError(StatusCode.INTERNAL, `Decode error: ${error.message}`, {
      cause: error,
      details: { reason },
    });
  }

  /** The session counts its own end. Its calls open no channels. */
  countReset(): void {}

  stalled(): void {
    this.#observer.stalled();
  }

  begin(call: AdmittedCall): void {
    this.#owner.begin(call);
  }

  release(call: AdmittedCall): void {
    this.#owner.release(call);
    this.#handling = false;
    this.#observer.returned();
  }

  #enter(route: Route, metadata: Metadata, header: CallHeader): AdmittedCall {
    const { deadlineEpochMs, callId } = header;
    this.#observer.called(route);
    const startedAt = now();
    const context = this.#owner.enter(
      route,
      metadata,
      deadlineEpochMs,
      callId,
      startedAt,
      this.#instance,
    );
    this.#handling = true;
    return new AdmittedCall(this, route, this.#modeOf(route), context, startedAt);
  }

  /**
   * The mode of a method's calls. A mode that the method does not take counts as XLANG: clients of
   * `aster-rpc` name any mode of the service and send XLANG.
   */
  #modeOf(route: Route): SerializationMode {
    if (this.form === "json") return "json";
    const { mode } = this.#header;
    return (mode === "native" || mode === "row") && route.takes(mode) ? mode : "xlang";
  }

  /** The same coding, which also accepts requests in XLANG and answers them in their profile. */
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
