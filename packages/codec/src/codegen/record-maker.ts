import { Source } from "./source.ts";

/** Makes a plain object with the given values. Without arguments all values are undefined. */
export type RecordMaker = new (...values: readonly unknown[]) => object;

/** Maximum number of cached constructors, as keys may come from peers. */
const maxKept = 1_024;
const kept = new Map<string, RecordMaker>();

/**
 * Returns the constructor of plain objects with some keys, in order. It is as fast as an object
 * literal and does not contain the text of the keys. Equal keys share one constructor, so that
 * decoded objects share one hidden class.
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
