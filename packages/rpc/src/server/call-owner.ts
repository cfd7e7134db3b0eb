import type { CodecError } from "@aster/codec";
import type { Channel, ChannelSink, EndpointId } from "@aster/transport";
import type { RpcError } from "../error.ts";
import type { WireMode } from "../protocol/mode.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import type { StatusCode } from "../status.ts";
import type { AdmittedCall } from "./admitted-call.ts";
import type { Route, RouteCoding } from "./route.ts";
import type { Server } from "./server.ts";

/** Where a call of the server's belongs: a connection, or a session. */
export interface CallOwner {
  readonly server: Server;
  readonly peer: EndpointId;
  /** How trailers of the call are written whose header {@link CallOwner.admit} was given last. */
  readonly form: ProtocolForm;
  /** What callers are told of an exception that is no status. */
  readonly faultCode: StatusCode;
  /** Lets a call in by its first frame, and counts it until `release`; or throws why not. `undefined`: it opens a session. */
  admit(flags: number, payload: Uint8Array): AdmittedCall | undefined;
  /** The session that the frame of {@link CallOwner.admit} opened; takes over the channel, or throws why not. */
  session(channel: Channel): ChannelSink;
  coding(route: Route, form: WireMode): RouteCoding;
  /** A request that cannot be decoded, as an error for the caller. */
  unreadable(error: CodecError): RpcError;
  countReset(): void;
  /** The handler of a call has returned, or will never be called. */
  release(route: Route): void;
}
