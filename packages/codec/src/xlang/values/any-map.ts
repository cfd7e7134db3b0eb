import { TypeId } from "../../bytes/type-id.ts";
import { fail } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import { begin } from "../references.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { ElementOp } from "./element-op.ts";

import { MapFlag, readPairs } from "./map-op.ts";

/** Reads a map of any values: an object where all keys are text, a `Map` otherwise. */
export function readAnyMap(r: XlangReader, item: ElementOp, depth: number): unknown {
  if (r.pending >= 0) return readSharedMap(r, item, depth);
  const pairs: [unknown, unknown][] = [];
  readPairs(r, item, item, depth, (key, value) => {
    pairs.push([key, value]);
  });
  if (pairs.some(([key]) => typeof key !== "string")) return new Map(pairs);
  const object: Record<string, unknown> = {};
  for (const [key, value] of pairs) setOwn(object, key as string, value);
  return object;
}

/** A map that its own values may refer to is made before they are read: its first key decides. */
function readSharedMap(r: XlangReader, item: ElementOp, depth: number): unknown {
  if (!beginsWithText(r)) {
    const map = new Map<unknown, unknown>();
    begin(r, map, "map<any,any>");
    readPairs(r, item, item, depth, (key, value) => {
      map.set(key, value);
    });
    return map;
  }
  const object: Record<string, unknown> = {};
  begin(r, object, "map<any,any>");
  readPairs(r, item, item, depth, (key, value) => {
    if (typeof key !== "string") {
      throw fail("mismatch", "a shared map has keys of text and of other types");
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
