import type { Callee } from "../call/callee.ts";
import { usageFailure } from "../command/failure.ts";

const MOST_OPEN = 64;

/** The sessions that a page has open, by the numbers that the page gave them. */
export class PageSessions implements AsyncDisposable {
  readonly #open = new Map<number, Promise<Callee>>();

  /** Opens a session and keeps it. `onClosed` is called when the peer ends it. */
  async open(session: number, begin: () => Promise<Callee>, onClosed: () => void): Promise<void> {
    if (this.#open.has(session) || this.#open.size >= MOST_OPEN) {
      throw usageFailure(`${MOST_OPEN} sessions are open`, "close one", "session.limit");
    }
    const opened = begin();
    this.#open.set(session, opened);
    try {
      const callee = await opened;
      void callee.closed?.then(() => {
        if (this.#open.delete(session)) onClosed();
      });
    } catch (error) {
      this.#open.delete(session);
      throw error;
    }
  }

  /** Returns an open session. Throws a failure for a number that has none. */
  async get(session: number): Promise<Callee> {
    const opened = this.#open.get(session);
    if (opened !== undefined) return await opened;
    throw usageFailure("the session has ended", "open another", "session.missing");
  }

  async close(session: number): Promise<void> {
    const opened = this.#open.get(session);
    this.#open.delete(session);
    await (await opened)?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#open.keys()].map((session) => this.close(session)));
  }
}
