import { mapAdder } from "../../bytes/key-guard.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { fail } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import { begin } from "../references.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { ElementOp } from "./element-op.ts";
import { MapFlag, readPairs, recordCost, recordPairCost } from "./map-op.ts";
import type { Target } from "./value-op.ts";

/** The type of maps of any values. No other type accepts them, as some are plain objects. */
export const anyMap: Target = { shape: "any map" };

/** Reads a map of any values: a plain object if all keys are text, else a `Map`. */
export function readAnyMap(
  r: XlangReader,
  item: ElementOp,
  depth: number,
  keeps: boolean | undefined,
): unknown {
  r.charge(recordCost);
  if (r.pending >= 0) return readSharedMap(r, item, depth, keeps);
  const pairs: [unknown, unknown][] = [];
  readPairs(r, item, item, recordPairCost, depth, keeps, (key, value) => {
    pairs.push([key, value]);
  });
  if (pairs.some(([key]) => typeof key !== "string")) {
    const map = new Map<unknown, unknown>();
    const add = mapAdder(map);
    for (const [key, value] of pairs) add(key, value);
    return map;
  }
  const object: Record<string, unknown> = {};
  for (const [key, value] of pairs) setOwn(object, key as string, value);
  return object;
}

/**
 * Reads a map to which its own values may refer. It is made before they are read, so the first key
 * decides about its class.
 */
function readSharedMap(
  r: XlangReader,
  item: ElementOp,
  depth: number,
  keeps: boolean | undefined,
): unknown {
  if (!beginsWithText(r)) {
    const map = new Map<unknown, unknown>();
    begin(r, map, anyMap);
    readPairs(r, item, item, recordPairCost, depth, keeps, mapAdder(map));
    return map;
  }
  const object: Record<string, unknown> = {};
  begin(r, object, anyMap);
  readPairs(r, item, item, recordPairCost, depth, keeps, (key, value) => {
    if (typeof key !== "string") {
      throw fail("mismatch", "a shared map with both text keys and others");
    }
    setOwn(object, key, value);
  });
  return object;
}

function beginsWithText(r: XlangReader): boolean {
  const start = r.pos;
  const empty = r.small() === 0;
  const flags = r.bytes[r.pos] ?? 0;
  const nullKey = (flags & MapFlag.keyNull) !== 0;
  const flagged = flags & MapFlag.valueNull ? (flags & MapFlag.keyTracked ? 1 : 0) : 1;
  const id = r.bytes[r.pos + 1 + flagged];
  r.pos = start;
  return empty || (!nullKey && id === TypeId.string);
}
