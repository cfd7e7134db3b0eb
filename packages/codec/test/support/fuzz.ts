import { isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CodecError } from "../../src/index.ts";

/** A valid message and its reader. Without `refused` the message can be read. */
export interface Target {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly read: (bytes: Uint8Array) => unknown;
  /** Parts that errors of this reader lack: JSON has no offset, a schema has no path. */
  readonly without?: readonly ("offset" | "path")[];
}

export interface Counts {
  inputs: number;
  read: number;
  refused: number;
}

const long = process.env.TEST_LONG === "1";
/**
 * Number of mutations in one run of all fuzz tests, of which `npm run test:long` makes more.
 * `ASTER_FUZZ_COUNT` sets another number.
 */
const total = Number(process.env.ASTER_FUZZ_COUNT ?? (long ? 1_000_000 : 300_000));
/** The seed of the inputs. `ASTER_FUZZ_SEED` repeats a run. */
export const fuzzSeed: number = Number(process.env.ASTER_FUZZ_SEED ?? Date.now() % 2 ** 32);

const slowMs = 250;
const interesting = [0, 1, 0x7f, 0x80, 0xfd, 0xfe, 0xff, 0x1e, 0x16];
const codes = new Set(["data", "mismatch", "limit", "schema"]);

/**
 * Returns a share of all mutations: at least all cuts and one flip of every byte of the targets.
 */
export function share(part: number): number {
  return Math.round(total * part);
}

/** Reads mutated messages. Each must give a value or a CodecError. */
export class Fuzzer {
  readonly counts: Counts = { inputs: 0, read: 0, refused: 0 };
  readonly #targets: readonly Target[];
  #state: number;
  #rss = 0;

  constructor(targets: readonly Target[], seed: number) {
    this.#targets = targets;
    this.#state = seed >>> 0;
  }

  run(count: number): Counts {
    const trace = Error.stackTraceLimit;
    const before = intrinsics();
    const collect = collector();
    collect();
    const heap = process.memoryUsage().heapUsed;
    const rss = process.memoryUsage.rss();
    Error.stackTraceLimit = 0;
    try {
      for (const target of this.#targets) this.#cover(target);
      while (this.counts.inputs < count) this.#mutateAll(count);
    } finally {
      Error.stackTraceLimit = trace;
    }
    collect();
    const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
    const grown = [process.memoryUsage().heapUsed - heap, this.#rss - rss].map(mib) as [
      number,
      number,
    ];
    // ten versions of every type are kept, however many a peer sends
    if (grown[0] > 96 || grown[1] > 320) throw new Error(`memory grew by ${grown} MiB`);
    if (intrinsics() !== before) throw new Error("an intrinsic object was changed");
    return this.counts;
  }

  /** Cuts a message at every offset, and flips every byte once. */
  #cover(target: Target): void {
    const good = this.#good(target);
    const bytes = target.bytes.slice();
    for (let end = 0; end < bytes.length; end++) this.#input(target, bytes.subarray(0, end));
    for (let at = 0; at < bytes.length; at++) this.#flipped(target, bytes, at);
    this.#stillGood(target, good);
  }

  /** Runs one round: some mutations of every target. */
  #mutateAll(count: number): void {
    for (const target of this.#targets) {
      if (this.counts.inputs >= count) return;
      const good = this.#good(target);
      const bytes = target.bytes.slice();
      for (let i = 0; i < 24; i++) this.#mutated(target, bytes);
      this.#stillGood(target, good);
    }
  }

  #mutated(target: Target, bytes: Uint8Array): void {
    const roll = this.#below(16);
    const at = this.#below(bytes.length);
    if (roll < 10) this.#flipped(target, bytes, at);
    else if (roll < 13) {
      const kept = bytes[at] as number;
      bytes[at] = interesting[this.#below(interesting.length)] as number;
      this.#flipped(target, bytes, this.#below(bytes.length));
      bytes[at] = kept;
    } else if (roll < 14) this.#input(target, spliced(bytes, at, 1, bytes.subarray(0, 0)));
    else if (roll < 15) {
      this.#input(target, spliced(bytes, at, 0, Uint8Array.of(this.#below(256))));
    } else {
      const other = (this.#targets[this.#below(this.#targets.length)] as Target).bytes;
      const from = this.#below(other.length);
      this.#input(target, spliced(bytes, at, this.#below(8), other.subarray(from, from + 8)));
    }
  }

  /** Applies a change in place and reverts it. */
  #flipped(target: Target, bytes: Uint8Array, at: number): void {
    const kept = bytes[at] as number;
    bytes[at] = kept ^ (1 + this.#below(255));
    this.#input(target, bytes);
    bytes[at] = kept;
  }

  #input(target: Target, bytes: Uint8Array): void {
    if (++this.counts.inputs % 1024 === 0) {
      this.#rss = Math.max(this.#rss, process.memoryUsage.rss());
    }
    const start = performance.now();
    this.#attempt(target, bytes);
    if (performance.now() - start < slowMs) return;
    // the machine may have been busy: only an input that is slow every time counts
    for (let again = 0; again < 4; again++) {
      const from = performance.now();
      this.#attempt(target, bytes);
      if (performance.now() - from < slowMs) return;
    }
    throw this.#found(target, bytes, `takes more than ${slowMs} ms`);
  }

  #attempt(target: Target, bytes: Uint8Array): void {
    try {
      target.read(bytes);
      this.counts.read++;
    } catch (reason) {
      const wrong = whatIsWrong(reason, bytes, target.without);
      if (wrong !== undefined) throw this.#found(target, bytes, wrong);
      this.counts.refused++;
    }
  }

  #good(target: Target): unknown {
    try {
      return target.read(target.bytes);
    } catch (reason) {
      throw this.#found(target, target.bytes, `good bytes are refused: ${String(reason)}`);
    }
  }

  #stillGood(target: Target, good: unknown): void {
    if (isDeepStrictEqual(this.#good(target), good)) return;
    throw this.#found(target, target.bytes, "good bytes are read otherwise after bad ones");
  }

  #found(target: Target, bytes: Uint8Array, what: string): Error {
    return new Error(`${target.name}: ${what}, with ${Buffer.from(bytes).toString("hex")}`);
  }

  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}

function spliced(bytes: Uint8Array, at: number, drop: number, put: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(at + drop, bytes.length));
  const out = new Uint8Array(at + put.length + rest.length);
  out.set(bytes.subarray(0, at));
  out.set(put, at);
  out.set(rest, at + put.length);
  return out;
}

/** Returns the missing part of an error, or undefined if it is complete. */
export function whatIsWrong(
  reason: unknown,
  bytes: Uint8Array,
  without: Target["without"] = [],
): string | undefined {
  if (!(reason instanceof CodecError)) {
    return `${reason instanceof Error ? reason.stack : String(reason)} came out`;
  }
  const { code, offset, path, message } = reason;
  if (!codes.has(code)) return `the code ${code} (${message})`;
  if (message.length > 4_096) return `an error text of ${message.length}`;
  const inside = offset !== undefined && offset >= 0 && offset <= bytes.length;
  if (!inside && !without.includes("offset")) return `the offset ${offset} (${message})`;
  if (!path && !without.includes("path")) return `no path (${message})`;
  return undefined;
}

function intrinsics(): string {
  const all = [Object, Array, Map, Set, Date, Uint8Array, Error, Function, String, RegExp];
  return JSON.stringify(all.map((one) => Reflect.ownKeys(one.prototype).map(String)));
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
