import { randomUUID } from "node:crypto";
import type { Callee } from "../call/callee.ts";
import { usageFailure } from "../command/failure.ts";

const MOST_OPEN = 64;
const IDLE_MS = 10 * 60_000;

interface Entry {
  readonly service: string;
  readonly callee: Callee;
  /** Ends with the last call that was begun: a session runs one call at a time. */
  last: Promise<unknown>;
  timer: NodeJS.Timeout;
}

/** The sessions that an agent has open, by their ids. One that is not used for 10 min is closed. */
export class AgentSessions implements AsyncDisposable {
  readonly #entries = new Map<string, Entry>();

  /** Keeps a session and closes it in the end. Returns its id. */
  async add(service: string, open: () => Promise<Callee>): Promise<string> {
    if (this.#entries.size >= MOST_OPEN) {
      throw usageFailure(`${MOST_OPEN} sessions are open`, "close one", "session.limit");
    }
    const id = randomUUID();
    const callee = await open();
    const timer = this.#timer(id);
    this.#entries.set(id, { service, callee, last: Promise.resolve(), timer });
    return id;
  }

  /** Runs a call when the earlier ones have ended. */
  async run<T>(service: string, id: unknown, call: (callee: Callee) => Promise<T>): Promise<T> {
    const entry = this.#entry(service, id);
    clearTimeout(entry.timer);
    const result = entry.last.then(() => call(entry.callee));
    const ended = result.catch(() => {});
    entry.last = ended;
    try {
      return await result;
    } finally {
      if (entry.last === ended && this.#entries.has(String(id))) {
        entry.timer = this.#timer(String(id));
      }
    }
  }

  async close(service: string, id: unknown): Promise<void> {
    const entry = this.#entry(service, id);
    this.#entries.delete(String(id));
    await end(entry);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(end));
  }

  #entry(service: string, id: unknown): Entry {
    const entry = typeof id === "string" ? this.#entries.get(id) : undefined;
    if (entry?.service === service) return entry;
    throw usageFailure(
      `no session of ${service} has the session_id ${JSON.stringify(id)}`,
      `open one with the tool ${service}_open`,
      "session.missing",
    );
  }

  #timer(id: string): NodeJS.Timeout {
    const timer = setTimeout(() => {
      const entry = this.#entries.get(id);
      this.#entries.delete(id);
      if (entry !== undefined) void end(entry).catch(() => {});
    }, IDLE_MS);
    return timer.unref();
  }
}

async function end({ callee, timer }: Entry): Promise<void> {
  clearTimeout(timer);
  await callee[Symbol.asyncDispose]();
}
