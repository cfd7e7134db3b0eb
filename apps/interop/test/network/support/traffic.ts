import { expect } from "vitest";
import type { Host } from "./host.ts";
import { Caller, type Outcome, type Run, type Served } from "./testkit.ts";

const PACE_MS = 100;

export interface TrafficOptions {
  /** On a good network. */
  readonly lastsMs: number;
  readonly idleMs: number;
  /** Also a stream in which only the server speaks. Default false. */
  readonly oneWay?: boolean;
}

/** A stream both ways and a session, under way: what a network must not lose, double or leave hanging. */
export class Traffic implements AsyncDisposable {
  readonly #items: number;
  readonly #streams: readonly Caller[];
  readonly #session: Caller;

  private constructor(items: number, streams: readonly Caller[], session: Caller) {
    this.#items = items;
    this.#streams = streams;
    this.#session = session;
  }

  /** Resolves when all of it flows. */
  static async start(
    host: Host,
    { address }: Pick<Served, "address">,
    { lastsMs, idleMs, oneWay = false }: TrafficOptions,
  ): Promise<Traffic> {
    const items = Math.ceil(lastsMs / PACE_MS);
    const common = ["--trace", "--hold", "--idle-ms", String(idleMs)];
    const paced = ["--send-delay-ms", String(PACE_MS), ...common];
    const numbers = JSON.stringify(Array.from({ length: items }, (_, number) => ({ number })));
    const range = JSON.stringify({ end: items, delay_ms: PACE_MS });
    const rounds = ["--service", "Counter", "--session", "--request", '{"n":1}'];
    const call = (method: string, ...args: readonly string[]) =>
      new Caller(host, address, method, args);
    const streams = [call("chat", "--request", numbers, ...paced)];
    if (oneWay) streams.push(call("count", "--request", range, ...common));
    const session = call("add", ...rounds, "--n", String(items), ...paced);
    const traffic = new Traffic(items, streams, session);
    await Promise.all(traffic.#all.map((caller) => caller.connected()));
    for (const caller of traffic.#all) caller.go();
    await Promise.all(traffic.#all.map((caller) => caller.reply()));
    return traffic;
  }

  get #all(): readonly Caller[] {
    return [...this.#streams, this.#session];
  }

  /** Waits for the end and finds every item there once and in order; the longest silence of all, in milliseconds. */
  async expectWhole(): Promise<number> {
    const [session, ...streams] = await Promise.all(
      [this.#session, ...this.#streams].map((caller) => caller.ended()),
    );
    const numbers = Array.from({ length: this.#items }, (_, number) => number);
    for (const run of streams) expect(run.outcomes.flatMap(numbersOf)).toEqual(numbers);
    const totals = session?.outcomes.map(({ replies }) => replies[0]?.total);
    expect(totals).toEqual(numbers.map((number) => number + 1));
    return Math.max(...streams.map(longestSilence));
  }

  /** Waits until all of it has been told that the peer is lost, and finds what came before in order. */
  async expectLost(): Promise<void> {
    const outcomes = await Promise.all(this.#all.map((caller) => caller.failure()));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ code: 14, status: "UNAVAILABLE" });
      const came = numbersOf(outcome);
      expect(came).toEqual(came.map((_, index) => index));
      expect(came.length).toBeLessThan(this.#items);
    }
  }

  /**
   * Waits until each of them has come to its end or been told that the peer is lost, whichever it is, and finds what came in
   * order. How many were lost, and how long after their beginning at the latest.
   */
  async expectClean(): Promise<{ readonly lost: number; readonly lostMs: number }> {
    const runs = await Promise.all(this.#streams.map((caller) => caller.ended()));
    const outcomes = runs.flatMap((run) => run.outcomes);
    for (const outcome of outcomes) {
      const came = numbersOf(outcome);
      expect(came).toEqual(came.map((_, index) => index));
      expect(outcome.code).toBe(came.length === this.#items ? 0 : 14);
    }
    const lost = outcomes.filter(({ code }) => code !== 0);
    return { lost: lost.length, lostMs: Math.max(0, ...lost.map(({ ms }) => ms)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((caller) => caller[Symbol.asyncDispose]()));
  }
}

/** What is counted, in the streams of either method. */
function numbersOf({ replies }: Outcome): readonly unknown[] {
  return replies.map(({ n, number }) => n ?? number);
}

function longestSilence({ arrivals }: Run): number {
  const gaps = arrivals.map(({ ms }, index) => ms - (arrivals[index - 1]?.ms ?? ms));
  return Math.max(...gaps);
}
