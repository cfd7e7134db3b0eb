import type { Client, ServiceReference } from "../client/client.ts";
import type { RpcError } from "../error.ts";
import type { ClientSession } from "./client-session.ts";

/** How a session ends. `await using` closes it. */
export interface SessionControl extends AsyncDisposable {
  /**
   * Ends the session; the server closes its instance. Calls that run or wait end with CANCELLED, later ones with
   * FAILED_PRECONDITION. Harmless when it is over.
   */
  close(): Promise<void>;
  /** Fulfils once, with what ended the session, `undefined` when it was closed here; never rejects. */
  readonly closed: Promise<RpcError | undefined>;
}

/**
 * The methods of a session-scoped service, served by one instance that keeps its state from call to call.
 *
 * Calls are made one after the other, in the order they came: one that waits costs nothing on the wire, and leaves when its
 * signal fires or its deadline passes. Streams are read as they come; until one is over, or left, no other call begins.
 */
export type Session<T extends ServiceReference> = Client<T> & SessionControl;

/** A session and what is behind it. @internal */
export interface OpenedSession<S> {
  readonly session: S;
  readonly opened: ClientSession;
}
