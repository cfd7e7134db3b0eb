import { expect } from "vitest";
import type { Host } from "./host.ts";
import { CallProcess, type Outcome, type Run, type ServeProcess } from "./testkit-processes.ts";

const PACE_MS = 100;

export interface TrafficOptions {
  /** The duration on a good network. */
  readonly lastsMs: number;
  readonly idleMs: number;
  /** Adds a stream in which only the server sends. Default: false. */
  readonly oneWay?: boolean;
}

/** A running bidi stream and a session, whose messages a network must not lose or duplicate. */
export class Traffic implements AsyncDisposable {
  readonly #items: number;
  readonly #streams: readonly CallProcess[];
  readonly #session: CallProcess;

  private constructor(items: number, streams: readonly CallProcess[], session: CallProcess) {
    this.#items = items;
    this.#streams = streams;
    this.#session = session;
  }

  /** Resolves when all calls receive replies. */
  static async start(
    host: Host,
    { address }: Pick<ServeProcess, "address">,
    { lastsMs, idleMs, oneWay = false }: TrafficOptions,
  ): Promise<Traffic> {
    const items = Math.ceil(lastsMs / PACE_MS);
    const common = ["--trace", "--hold", "--idle-ms", String(idleMs)];
    const paced = ["--send-delay-ms", String(PACE_MS), ...common];
    const numbers = JSON.stringify(Array.from({ length: items }, (_, number) => ({ number })));
    const range = JSON.stringify({ end: items, delay_ms: PACE_MS });
    const rounds = ["--service", "Counter", "--session", "--request", '{"n":1}'];
    const call = (method: string, ...args: readonly string[]) =>
      new CallProcess(host, address, method, args);
    const streams = [call("chat", "--request", numbers, ...paced)];
    if (oneWay) streams.push(call("count", "--request", range, ...common));
    const session = call("add", ...rounds, "--n", String(items), ...paced);
    const traffic = new Traffic(items, streams, session);
    await Promise.all(traffic.#all.map((caller) => caller.connected()));
    for (const caller of traffic.#all) caller.go();
    await Promise.all(traffic.#all.map((caller) => caller.reply()));
    return traffic;
  }

  get #all(): readonly CallProcess[] {
    return [...this.#streams, this.#session];
  }

  /**
   * Waits for the end and expects every item once and in order. Returns the longest time without an
   * item, in milliseconds.
   */
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

  /** Waits until all calls have failed with UNAVAILABLE and expects their items so far in order. */
  async expectLost(): Promise<void> {
    const outcomes = await Promise.all(this.#all.map((caller) => caller.failure()));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ code: 14, status: "UNAVAILABLE" });
      const received = numbersOf(outcome);
      expect(received).toEqual(received.map((_, index) => index));
      expect(received.length).toBeLessThan(this.#items);
    }
  }

  /**
   * Waits until each stream has ended or failed with UNAVAILABLE and expects its items in order.
   * Returns the number of failed streams and the longest time from their start to the failure.
   */
  async expectClean(): Promise<{ readonly lost: number; readonly lostMs: number }> {
    const runs = await Promise.all(this.#streams.map((caller) => caller.ended()));
    const outcomes = runs.flatMap((run) => run.outcomes);
    for (const outcome of outcomes) {
      const received = numbersOf(outcome);
      expect(received).toEqual(received.map((_, index) => index));
      expect(outcome.code).toBe(received.length === this.#items ? 0 : 14);
    }
    const lost = outcomes.filter(({ code }) => code !== 0);
    return { lost: lost.length, lostMs: Math.max(0, ...lost.map(({ ms }) => ms)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((caller) => caller[Symbol.asyncDispose]()));
  }
}

/** Returns the numbers in the replies of `count` or `chat`. */
function numbersOf({ replies }: Outcome): readonly unknown[] {
  return replies.map(({ n, number }) => n ?? number);
}

function longestSilence({ arrivals }: Run): number {
  const gaps = arrivals.map(({ ms }, index) => ms - (arrivals[index - 1]?.ms ?? ms));
  return Math.max(...gaps);
}
