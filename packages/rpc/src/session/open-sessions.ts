import { Sweep } from "../time/sweep.ts";
import type { ServerSession } from "./server-session.ts";

/** The sessions of one server, and the idle timeout of those without a call. */
export class OpenSessions {
  readonly #open = new Set<ServerSession>();
  readonly #idleMs: number;
  readonly #onNone: () => void;
  #idle: Sweep | undefined;

  /** Calls `onNone` when the last session is gone. */
  constructor(idleMs: number, onNone: () => void) {
    this.#idleMs = idleMs;
    this.#onNone = onNone;
  }

  get count(): number {
    return this.#open.size;
  }

  add(session: ServerSession): void {
    this.#open.add(session);
  }

  remove(session: ServerSession): void {
    this.#open.delete(session);
    if (this.#open.size === 0) this.#onNone();
  }

  /** Starts the idle timeout of a session that waits for a call. */
  startIdle(session: ServerSession): void {
    this.#idle ??= new Sweep(this.#idleMs);
    this.#idle.add(session);
  }

  stopIdle(session: ServerSession): void {
    session.slot?.remove(session);
  }

  /** Closes all sessions, each after the call that runs in it. */
  drain(): void {
    for (const session of [...this.#open]) session.drain();
  }

  close(): void {
    this.#idle?.close();
  }
}
