import { fileURLToPath } from "node:url";
import type { Child } from "@aster-apps/testkit/process";
import { program } from "../../faults/support/testkit-server.ts";

const path = fileURLToPath(new URL("../programs/witness.ts", import.meta.url));

/** The calls of a {@link Witness} in some time. */
export interface Watched {
  readonly calls: number;
  readonly failures: readonly string[];
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Line {
  readonly timesMs: readonly number[];
  readonly failures: readonly string[];
}

/**
 * A client in a process of its own that has no part in an attack and calls a testkit all the time.
 */
export class Witness implements AsyncDisposable {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async of(address: string): Promise<Witness> {
    const child = program(path, address);
    await child.line((value): value is object => has(value, "calling"));
    const witness = new Witness(child);
    // without the calls that the just-in-time compiler slows down
    await new Promise((resolve) => setTimeout(resolve, 500));
    await witness.watched();
    return witness;
  }

  /** The calls since the last time. */
  async watched(): Promise<Watched> {
    this.#child.send("report");
    const isLine = (value: unknown): value is Line => has(value, "timesMs");
    const { timesMs, failures } = await this.#child.line(isLine, 30_000);
    const sorted = timesMs.toSorted((a, b) => a - b);
    const part = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
    return { calls: sorted.length, failures, p50Ms: part(0.5), p99Ms: part(0.99) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
