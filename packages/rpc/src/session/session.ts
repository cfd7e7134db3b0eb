import type { Client, ServiceReference } from "../client/client.ts";
import type { RpcError } from "../error.ts";
import type { ClientSession } from "./client-session.ts";

/** The end of a session. `await using` closes it. */
export interface SessionControl extends AsyncDisposable {
  /**
   * Ends the session; the server closes its instance. Running and waiting calls end with CANCELLED,
   * later ones with FAILED_PRECONDITION. No-op when the session has ended.
   */
  close(): Promise<void>;
  /**
   * Resolves with the error that ended the session, or with `undefined` after `close`. Never
   * rejects.
   */
  readonly closed: Promise<RpcError | undefined>;
}

/** The control of a session, as its client gets it beside the methods. */
export function controlOf(session: ClientSession): SessionControl {
  const close = async (): Promise<void> => session.close();
  return { close, closed: session.ending, [Symbol.asyncDispose]: close };
}

/**
 * The methods of a session-scoped service, served by one instance that keeps its state between
 * calls.
 *
 * Calls run one after the other, in the order in which they were made. A waiting call has sent
 * nothing, and leaves the queue when its signal fires or its deadline passes. A stream of responses
 * blocks the next call until it has ended or was left.
 */
export type Session<T extends ServiceReference> = Client<T> & SessionControl;

/** A session as its caller gets it, and the object behind it. */
export interface OpenedSession<S> {
  readonly session: S;
  readonly opened: ClientSession;
}
