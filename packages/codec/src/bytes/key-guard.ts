import { fail } from "../failure.ts";

/** A `Set`, or the keys of a `Map`. */
interface Table {
  has(key: unknown): boolean;
}

/**
 * Keys that are added before the first is looked at: so few cannot take long, whatever their hashes
 * are.
 */
const quietKeys = 128;
/** The mean distance between two keys of a sample. */
const distance = 64;
/** Keys of one sample. */
const sampleSize = 16;
/** Lookups of one sample that are faster than this are not compared with anything. */
const suspiciousMs = 0.008;
/** Times by which a lookup may take longer than one in a table without collisions. */
const maxRatio = 8;
/** Repetitions of a measurement, as a busy machine or the collector may interrupt one. */
const repeats = 3;

/**
 * Watches the keys of a `Set` or `Map` that is built from a message. JavaScript engines hash
 * numbers without a secret, so that a sender can choose numbers with equal hashes: adding n of them
 * then takes n² steps. The guard measures lookups of a random sample of the keys from time to time,
 * and throws a `limit` failure if they take several times as long as in a table of other keys.
 */
class KeyGuard {
  readonly #table: Table;
  #sample: unknown[] = [];
  #left = 1;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Notes a key that was just added. */
  added(key: unknown): void {
    if (--this.#left > 0) return;
    // a regular sample could be avoided
    this.#left = 1 + Math.floor(Math.random() * 2 * distance);
    this.#sample.push(key);
    if (this.#sample.length < sampleSize) return;
    this.#look(this.#sample);
    // older keys are at the end of a chain, newer ones at its start
    this.#sample = this.#sample.filter((_, i) => i % 2 === 0);
  }

  #look(sample: readonly unknown[]): void {
    if (lookupMs(this.#table, sample) < suspiciousMs) return;
    const here = fastestMs(this.#table, sample);
    if (here < suspiciousMs) return;
    control ??= new Set(controlKeys);
    if (here < maxRatio * Math.max(fastestMs(control, controlKeys.slice(0, sample.length)), 1e-4)) {
      return;
    }
    throw fail(
      "limit",
      "keys of a set or map with colliding hashes, which take too long to add: send a list instead",
    );
  }
}

/** Keys without collisions, of the kind that an attack uses. */
const controlKeys: readonly number[] = Array.from({ length: 4_096 }, (_, i) => i + 0.5);
let control: ReadonlySet<unknown> | undefined;

/** Not every platform has a clock of fractions of a millisecond. */
const clock: { now(): number } = globalThis.performance ?? Date;

function fastestMs(table: Table, keys: readonly unknown[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) least = Math.min(least, lookupMs(table, keys));
  return least;
}

function lookupMs(table: Table, keys: readonly unknown[]): number {
  const started = clock.now();
  for (let i = 0; i < keys.length; i++) table.has(keys[i]);
  return clock.now() - started;
}

/** Returns the function that adds items of a message to a set. It throws `limit` failures. */
export function setAdder(set: Set<unknown>): (item: unknown) => void {
  let count = 0;
  let guard: KeyGuard | undefined;
  return (item) => {
    set.add(item);
    if (++count <= quietKeys) return;
    guard ??= new KeyGuard(set);
    guard.added(item);
  };
}

/** Returns the function that adds pairs of a message to a map. It throws `limit` failures. */
export function mapAdder(map: Map<unknown, unknown>): (key: unknown, value: unknown) => void {
  let count = 0;
  let guard: KeyGuard | undefined;
  return (key, value) => {
    map.set(key, value);
    if (++count <= quietKeys) return;
    guard ??= new KeyGuard(map);
    guard.added(key);
  };
}
