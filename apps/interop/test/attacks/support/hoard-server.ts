import { fileURLToPath } from "node:url";
import { AsterClient } from "@aster/rpc";
import type { AsterServerStats, RpcLimitOptions } from "@aster/rpc/server";
import { Child, programArgs } from "@aster-apps/testkit/process";

/** Figures of the server after a garbage collection. */
export interface HoardStats extends AsterServerStats {
  readonly rssBytes: number;
  /** In use, on the heap of V8 and outside. */
  readonly liveBytes: number;
}
interface Ready {
  readonly ready: true;
  readonly address: string;
  readonly pid: number;
}

const source = (name: string): string =>
  fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url));
const main = programArgs("hoard-server", source("hoard-server"));
const witness = programArgs("witness", source("witness"));
const frugal = { MALLOC_TRIM_THRESHOLD_: "65536", MALLOC_MMAP_THRESHOLD_: "65536" };
const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;
const nodeFlags = ["--unhandled-rejections=strict", "--expose-gc"];

/**
 * A server of the services Hoard, Testkit and Counter in a process of its own, with a heap of
 * `heapMib`, and a witness in another one: a client that has no part in the attack and calls all
 * the time.
 */
export class HoardServer implements AsyncDisposable {
  readonly ready: Ready;
  readonly #child: Child;
  readonly #witness: Child;

  private constructor(child: Child, ready: Ready, witness: Child) {
    this.#child = child;
    this.ready = ready;
    this.#witness = witness;
  }

  static async start(limits: RpcLimitOptions = {}, heapMib = 512): Promise<HoardServer> {
    const heap = `--max-old-space-size=${heapMib}`;
    const args = [heap, ...nodeFlags, ...main, JSON.stringify(limits)];
    const child = new Child(process.execPath, args, frugal);
    const ready = await child.line((value): value is Ready => has(value, "ready"));
    const caller = new Child(process.execPath, [...nodeFlags, ...witness, ready.address]);
    await caller.line((value): value is object => has(value, "calling"));
    return new HoardServer(child, ready, caller);
  }

  /** Connects a peer of its own. */
  attacker(): Promise<AsterClient> {
    return AsterClient.connect(this.ready.address, local);
  }

  async stats(): Promise<HoardStats> {
    this.#child.send("stats");
    const isStats = (value: unknown): value is { stats: HoardStats } => has(value, "stats");
    return (await this.#child.line(isStats)).stats;
  }

  /** The longest time that the witness has waited for an answer. Throws if it got none. */
  async worstMs(): Promise<number> {
    return (await this.#timesMs()).at(-1) as number;
  }

  /** The time in which the witness got 99 % of its answers. Throws if it got none. */
  async p99Ms(): Promise<number> {
    const times = await this.#timesMs();
    return times[Math.floor(times.length * 0.99)] as number;
  }

  /** As {@link HoardServer.p99Ms}, of the answers since the last time that this was called. */
  async recentP99Ms(): Promise<number> {
    const times = await this.#timesMs("forget");
    return times[Math.floor(times.length * 0.99)] as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [this.#witness, this.#child]) {
      child.signal("SIGKILL");
      await child[Symbol.asyncDispose]();
    }
  }

  /** In ascending order. */
  async #timesMs(command: "times" | "forget" = "times"): Promise<readonly number[]> {
    this.#witness.send(command);
    const isTimes = (value: unknown): value is { times: number[] } => has(value, "times");
    const { times } = await this.#witness.line(isTimes, 40_000);
    if (times.length === 0) throw new Error("the witness got no answer");
    return times.toSorted((one, other) => one - other);
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
