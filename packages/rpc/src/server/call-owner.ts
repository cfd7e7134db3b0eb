import type { CodecError } from "@aster/codec";
import type { MethodPattern } from "@aster/contract";
import type { Channel, ChannelSink } from "@aster/transport";
import type { RpcError } from "../error.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import type { StatusCode } from "../status.ts";
import type { AdmittedCall, CallCodings } from "./admitted-call.ts";
import type { RunningCalls } from "./running-calls.ts";

/** The names in a header, as the peer sent them; empty if the header cannot be read. */
export interface CalledMethod {
  readonly service: string;
  readonly method: string;
  readonly callId: string;
  /** Of a method that the server has. */
  readonly pattern?: MethodPattern | undefined;
}

/** The header opens a session. */
export interface AdmittedSession {
  readonly kind: "session";
  readonly form: ProtocolForm;
  readonly called: CalledMethod;
  /** Opens the session, which takes over the channel. Throws the error of a refusal. */
  open(channel: Channel): ChannelSink;
}

/** The header is refused. */
export interface Refusal {
  readonly kind: "refused";
  /** The form of the trailer that says so. */
  readonly form: ProtocolForm;
  readonly called: CalledMethod;
  readonly error: unknown;
}

/** The result of reading the first frame of a stream or call. */
export type Admission = AdmittedCall | AdmittedSession | Refusal;

/** The connection or the session that a call belongs to. */
export interface CallOwner extends CallCodings {
  /** The calls that end with the admission of the peer; `undefined` if something else ends them. */
  readonly running: RunningCalls | undefined;
  /** The code of exceptions that are not an `RpcError`. */
  readonly faultCode: StatusCode;
  /** Reads the first frame. Never throws. */
  admit(flags: number, payload: Uint8Array): Admission;
  /** The error for a request that cannot be decoded. */
  unreadable(error: CodecError): RpcError;
  countReset(): void;
  /** Resets the channel of a call whose caller does not read the answer. */
  stalled(channel: Channel): void;
  /**
   * Counts a call in, when its request is there. Throws RESOURCE_EXHAUSTED above a limit and
   * UNAVAILABLE while the server drains.
   */
  begin(call: AdmittedCall): void;
  /**
   * Counts a call out, after its handler has returned or when it will never run. No-op for a call
   * that was not counted in.
   */
  release(call: AdmittedCall): void;
}
