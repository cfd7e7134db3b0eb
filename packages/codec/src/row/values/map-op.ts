import { mapAdder } from "../../bytes/key-guard.ts";
import { fail, kindOf } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import { isMap, isRecordLike } from "../../value-kind.ts";
import type { RowSource, Span } from "../row-source.ts";
import type { RowWriter } from "../row-writer.ts";
import { openItems, readItems, writeItems } from "./list-op.ts";
import { mapView } from "./map-view.ts";
import type { ElementOp, ElementReadOp, RowOp, RowReadOp } from "./row-op.ts";

/** Approximate memory of one pair. */
const pairCost = 64;

/** The JavaScript form of a map. */
export type MapForm = "record" | "map";

/** The op of a map as a plain object or a `Map`, for reading only. */
export function mapReadOp(key: ElementReadOp, value: ElementReadOp, form: MapForm): RowReadOp {
  const build = form === "record" ? recordOf : mapOf;
  const read = (source: RowSource, span: Span): unknown => {
    const { keys, values } = openPairs(source, span, key, value);
    source.spend(keys.count * pairCost);
    return build(readItems(source, keys, key), readItems(source, values, value));
  };
  return {
    width: 8,
    cost: 128,
    read: (source, span, slot) => read(source, source.take(span, slot)),
    view(source, span, slot, path) {
      const found = source.find(span, slot);
      const { keys, values } = openPairs(source, found, key, value);
      return mapView({ source, keys, values, key, value, path, read: (s) => read(s, found) });
    },
  };
}

/** The op of a map, held as a plain object or a `Map`. */
export function mapOp(key: ElementOp, value: ElementOp, form: MapForm): RowOp {
  return {
    ...mapReadOp(key, value, form),
    // keys and values are always marked as Fory marks them
    type: Object.freeze({
      kind: "map",
      key: Object.freeze({ type: key.op.type, nullable: false }),
      value: Object.freeze({ type: value.op.type, nullable: true }),
    }),
    write(w, slot, map, base) {
      const [keys, values] = form === "record" ? recordPairs(map) : mapPairs(map);
      const start = w.reserve(8);
      writeSide(w, keys, keys, key);
      w.data.setUint32(start, w.pos - start - 8, true);
      writeSide(w, values, keys, value);
      w.refer(slot, base, start);
    },
  };
}

function writeSide(
  w: RowWriter,
  items: readonly unknown[],
  keys: readonly unknown[],
  element: ElementOp,
): void {
  writeItems(w, items, element, (failure, i) => failure.inKey(keys[i]));
}

function recordPairs(record: unknown): [unknown[], unknown[]] {
  if (typeof record !== "object" || record === null || !isRecordLike(record)) {
    throw fail("value", `expected an object, got ${kindOf(record)}`);
  }
  const keys = Object.keys(record);
  return [keys, keys.map((key) => (record as Record<string, unknown>)[key])];
}

function mapPairs(map: unknown): [unknown[], unknown[]] {
  if (!isMap(map)) throw fail("value", `expected a Map, got ${kindOf(map)}`);
  return [[...map.keys()], [...map.values()]];
}

/** Returns both arrays of a map, open. */
function openPairs(
  source: RowSource,
  span: Span,
  key: ElementReadOp,
  value: ElementReadOp,
): { readonly keys: Span; readonly values: Span } {
  const { keys, values } = source.openMap(span);
  openItems(source, keys, key);
  openItems(source, values, value);
  if (keys.count !== values.count) {
    throw fail("data", `${keys.count} keys for ${values.count} values`);
  }
  return { keys, values };
}

function recordOf(keys: readonly unknown[], values: readonly unknown[]): unknown {
  const record: Record<string, unknown> = {};
  keys.forEach((key, i) => {
    setOwn(record, String(key), values[i]);
  });
  return record;
}

function mapOf(keys: readonly unknown[], values: readonly unknown[]): unknown {
  const map = new Map<unknown, unknown>();
  const add = mapAdder(map);
  keys.forEach((key, i) => {
    add(key, values[i]);
  });
  return map;
}
