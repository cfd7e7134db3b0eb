import { mapAdder, setAdder } from "../../bytes/key-guard.ts";
import { asFailure } from "../../failure.ts";
import type { NativeReader } from "./native-reader.ts";

/** Approximate cost of an empty map or set, as in `CodecLimits.graphBytes`. */
const collectionCost = 320;
/** Approximate cost of one entry, as in `CodecLimits.graphBytes`. */
const pairCost = 480;
const itemCost = 480;

/** Reads a `Map`. The order of its entries is kept. */
export function readMap(r: NativeReader, depth: number): Map<unknown, unknown> {
  r.checkDepth(depth);
  const count = r.count(r.small(), pairCost);
  const map = r.made(new Map<unknown, unknown>(), collectionCost);
  const add = mapAdder(map);
  for (let i = 0; i < count; i++) {
    const key = r.value(depth + 1);
    try {
      add(key, r.value(depth + 1));
    } catch (reason) {
      throw asFailure(reason).inKey(typeof key === "object" ? "…" : key);
    }
  }
  return map;
}

/** Reads a `Set`. The order of its entries is kept. */
export function readSet(r: NativeReader, depth: number): Set<unknown> {
  r.checkDepth(depth);
  const count = r.count(r.small(), itemCost);
  const set = r.made(new Set<unknown>(), collectionCost);
  const add = setAdder(set);
  let i = 0;
  try {
    for (; i < count; i++) add(r.value(depth + 1));
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
  return set;
}
