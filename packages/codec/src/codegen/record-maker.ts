import { Source } from "./source.ts";

/** Makes plain objects of these values; of none, objects whose values are undefined. */
export type RecordMaker = new (...values: readonly unknown[]) => object;

/** Keys may come from peers: this many are kept. */
const maxKept = 1_024;
const kept = new Map<string, RecordMaker>();

/**
 * The constructor of plain objects with some keys, in order: as fast as a literal, and without their text in the code. For equal
 * keys it is the same, so that decoded objects share one hidden class.
 */
export function recordMaker(keys: readonly string[]): RecordMaker {
  const name = JSON.stringify(keys);
  let maker = kept.get(name);
  if (!maker) {
    maker = make(keys);
    if (kept.size >= maxKept) kept.clear();
    kept.set(name, maker);
  }
  return maker;
}

function make(keys: readonly string[]): RecordMaker {
  const source = new Source();
  const values = keys.map(() => source.variable());
  for (const [i, key] of keys.entries()) source.add(source.set("this", key, values[i] as string));
  const maker = source.compile(values.join(",")) as RecordMaker;
  maker.prototype = Object.prototype;
  return maker;
}
