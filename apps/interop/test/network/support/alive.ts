import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Caller, type Served, type ServerStats } from "./testkit.ts";

const CONTROL_CALLS = 20;
const QUIESCENCE_MS = 5_000;
const RSS_GROWTH_BYTES = 64 * 1024 * 1024;
const TROUBLE = /panicked|unhandledRejection|uncaughtException|UnhandledPromise/i;

/** A server before a fault, to be compared with what it is after it. */
export class Patient {
  readonly #server: Served;
  readonly #before: ServerStats;

  private constructor(server: Served, before: ServerStats) {
    this.#server = server;
    this.#before = before;
  }

  static async examine(server: Served): Promise<Patient> {
    return new Patient(server, await server.stats());
  }

  /**
   * The server is the same process, answers a client beside it promptly, has no word of trouble on stderr, and holds no
   * more than before once it has had time to notice.
   */
  async expectAlive({
    mayCallMs = 1_000,
    rssGrowthBytes = RSS_GROWTH_BYTES,
    quiescenceMs = QUIESCENCE_MS,
  } = {}): Promise<ServerStats> {
    const server = this.#server;
    await using control = new Caller(server.host, server.address, "echo", [
      "--n",
      String(CONTROL_CALLS),
      "--deadline-ms",
      "10000",
    ]);
    const run = await control.ended();
    expect(run.errors).toBe("");
    expect(run.summary).toMatchObject({ ok: CONTROL_CALLS, failed: 0 });
    expect(Math.max(...run.outcomes.map(({ ms }) => ms))).toBeLessThanOrEqual(mayCallMs);
    const { streams, sessions, inflight } = this.#before;
    const after = await this.#settled(quiescenceMs);
    expect(after).toMatchObject({ streams, sessions, inflight });
    expect(after.rssBytes - this.#before.rssBytes).toBeLessThanOrEqual(rssGrowthBytes);
    expect(server.child.errors).not.toMatch(TROUBLE);
    return after;
  }

  /** Its figures when nothing is open any more, or when the time for that is over. */
  async #settled(withinMs: number): Promise<ServerStats> {
    const until = performance.now() + withinMs;
    for (;;) {
      const stats = await this.#server.stats();
      const { streams, sessions, inflight } = stats;
      const before = this.#before;
      const rests = streams <= before.streams && sessions <= before.sessions && inflight === 0;
      if (rests || performance.now() > until) return stats;
      await sleep(200);
    }
  }
}
