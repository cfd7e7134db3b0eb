import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { CallProcess, type ServeProcess, type ServerStats } from "./testkit-processes.ts";

const CONTROL_CALLS = 20;
const QUIESCENCE_MS = 5_000;
const RSS_GROWTH_BYTES = 64 * 1024 * 1024;
const TROUBLE = /panicked|unhandledRejection|uncaughtException|UnhandledPromise/i;

/** The figures of a server before a fault, with which its figures afterwards are compared. */
export class Baseline {
  readonly #server: ServeProcess;
  readonly #before: ServerStats;

  private constructor(server: ServeProcess, before: ServerStats) {
    this.#server = server;
    this.#before = before;
  }

  static async of(server: ServeProcess): Promise<Baseline> {
    return new Baseline(server, await server.stats());
  }

  /**
   * Expects that the server answers a client on its own host promptly, has written no sign of
   * trouble to stderr, and soon holds no more than before.
   */
  async expectHealthy({
    mayCallMs = 1_000,
    rssGrowthBytes = RSS_GROWTH_BYTES,
    quiescenceMs = QUIESCENCE_MS,
  } = {}): Promise<ServerStats> {
    const server = this.#server;
    await using control = new CallProcess(server.host, server.address, "echo", [
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

  /** Returns the figures when nothing is open any more, or after the time limit. */
  async #settled(withinMs: number): Promise<ServerStats> {
    const until = performance.now() + withinMs;
    for (;;) {
      const stats = await this.#server.stats();
      const { streams, sessions, inflight } = stats;
      const before = this.#before;
      const settled = streams <= before.streams && sessions <= before.sessions && inflight === 0;
      if (settled || performance.now() > until) return stats;
      await sleep(200);
    }
  }
}
