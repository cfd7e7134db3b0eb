import type { MethodPattern } from "@aster/contract";
import type { Channel, ChannelSink, Connection } from "@aster/transport";
import type { JudgedCall } from "../contract-check/judged-call.ts";
import type { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import type { ClientLog } from "../log/client-log.ts";
import type { CallRetries } from "../retry/call-retries.ts";
import type { RetryTokens } from "../retry/retry-tokens.ts";
import type { Wait } from "./call-failure.ts";
import type { HeldCalls } from "./held-calls.ts";

/** A call, as seen by its channel. */
export interface CallSink extends ChannelSink {
  readonly pattern: MethodPattern;
  value(value: unknown): void;
  /**
   * Fails the call without notifying the server, which knows, or never saw the call: then
   * `unprocessed` is true.
   */
  refuse(error: RpcError, unprocessed: boolean): void;
}

/** A connection or a session, on which calls are opened. */
export interface CallOpener extends Pick<Connection, "peer">, Renewal {
  /**
   * Calls begin with a call header (docs/wire.md, "Sessions"), not a stream header. Default: false.
   */
  readonly isSession?: boolean;
  open(sink: CallSink): Channel;
  /** Opens a channel to another producer; `undefined` without a connection to one. */
  openElsewhere?(sink: CallSink): Channel | undefined;
}

/** The capabilities of a connection that outlives its transport connections. */
export interface Renewal {
  /** The owner of the client has closed it. */
  readonly over?: boolean;
  /** Takes the transport connection of this channel out of use: the next call goes to a new one. */
  retire?(channel: Channel | undefined): void;
  /** Requests admission again: the peer refused or ended a call because the admission has ended. */
  lapsed?(): void;
  /**
   * Returns the error of a call that the peer's contract does not permit. Only sessions are asked:
   * connections check a call when it opens its channel.
   */
  refusalOf?(call: JudgedCall): RpcError | undefined;
  /** The calls that end with the owner. */
  readonly held?: HeldCalls;
  /** The tokens for retries of calls to this peer. */
  readonly retryTokens?: RetryTokens;
  /** The log of the calls. */
  readonly log?: ClientLog | undefined;
  /** The reason why nothing was sent yet on this channel; `undefined` for a channel in use. */
  waitOf?(channel: Channel | undefined): Wait | undefined;
}

/** The destination of the calls of one client. */
export interface CallTarget {
  readonly connection: CallOpener;
  readonly limits: RpcLimits;
  /** The calls that end with the connection or session while interceptors are at work. */
  readonly held: HeldCalls;
  /** `undefined` for sessions, whose calls are never repeated. */
  readonly retries?: CallRetries | undefined;
}
