import { mapAdder } from "../../bytes/key-guard.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail, kindOf } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import { isMap, isRecordLike } from "../../value-kind.ts";
import { absent, begin, Flag, readFlagged, writeFlag } from "../references.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";
import { type ElementOp, elementShape } from "./element-op.ts";
import { declaredOp, infoFirst, ownOp } from "./list-op.ts";
import { containerOp, type ValueOp } from "./value-op.ts";

/** The bits of the byte before a chunk of pairs (docs/fory.md, "Maps"). */
export const MapFlag = {
  keyTracked: 1,
  keyNull: 2,
  keyDeclared: 4,
  valueTracked: 8,
  valueNull: 16,
  valueDeclared: 32,
} as const;

/** The count of a chunk is one byte. */
const maxChunk = 255;
/** Approximate cost of the place of a pair, as in `CodecLimits.graphBytes`. */
const pairCost = 400;
/** The same for a pair of a record: V8 looks for the one string of each key. */
export const recordPairCost = 620;
/** Approximate cost of a record, whose first keys make V8 build another form of objects. */
export const recordCost = 320;

/** The op of a map with text keys, held as a plain object. */
export function recordOp(key: ElementOp, value: ElementOp): ValueOp {
  const op = containerOp(
    TypeId.map,
    (w, record, depth, keeps) => {
      if (typeof record !== "object" || record === null || !isRecordLike(record)) {
        throw fail("value", `expected an object, got ${kindOf(record)}`);
      }
      const keys = Object.keys(record);
      writePairs(
        w,
        keys,
        keys.map((name) => (record as Record<string, unknown>)[name]),
        key,
        value,
        depth,
        keeps,
      );
    },
    (r, depth, keeps) => {
      const record: Record<string, unknown> = {};
      begin(r, record, op);
      readPairs(r, key, value, recordPairCost, depth, keeps, (name, item) =>
        setOwn(record, String(name), item),
      );
      return record;
    },
    recordCost,
    `record<${elementShape(key)},${elementShape(value)}>`,
  );
  return op;
}

/** The op of a map, held as a `Map`. */
export function mapOp(key: ElementOp, value: ElementOp): ValueOp {
  const op = containerOp(
    TypeId.map,
    (w, map, depth, keeps) => {
      if (!isMap(map)) throw fail("value", `expected a Map, got ${kindOf(map)}`);
      writePairs(w, [...map.keys()], [...map.values()], key, value, depth, keeps);
    },
    (r, depth, keeps) => {
      const map = new Map<unknown, unknown>();
      begin(r, map, op);
      readPairs(r, key, value, pairCost, depth, keeps, mapAdder(map));
      return map;
    },
    128,
    `map<${elementShape(key)},${elementShape(value)}>`,
  );
  return op;
}

function writePairs(
  w: XlangWriter,
  keys: readonly unknown[],
  values: readonly unknown[],
  key: ElementOp,
  value: ElementOp,
  depth: number,
  keeps: boolean | undefined,
): void {
  w.checkDepth(depth);
  w.putSmall(keys.length);
  const keyOps = opsOf(keys, key);
  let i = 0;
  try {
    while (i < keys.length) {
      if (isEmpty(keys[i], key)) {
        writeUnderNull(w, values[i], value, depth, keeps);
        i++;
      } else if (isEmpty(values[i], value)) {
        writeNull(w, keys[i], keyOps?.[i] ?? key.op, keyOps !== undefined, depth);
        i++;
      } else {
        const start = i;
        const keyOp = keyOps?.[start] ?? key.op;
        const valueOp = value.op.dynamic?.classify(values[start]) ?? value.op;
        const tracked = w.tracking && valueOp.tracked === true;
        const at = writeChunkHead(w, keyOps && keyOp, valueOp, value, tracked);
        for (; i < keys.length && i - start < maxChunk; i++) {
          if (i > start) {
            if (isEmpty(values[i], value) || isEmpty(keys[i], key)) break;
            if (keyOps && keyOps[i] !== keyOp) break;
            if (value.op.dynamic && value.op.dynamic.classify(values[i]) !== valueOp) break;
          }
          keyOp.write(w, keys[i], depth + 1);
          if (!tracked || writeFlag(w, values[i], valueOp, keeps)) {
            valueOp.write(w, values[i], depth + 1, keeps);
          }
        }
        w.bytes[at] = i - start;
      }
    }
  } catch (reason) {
    throw asFailure(reason).inKey(keys[i]);
  }
}

/** Writes flags and type info of a chunk, and returns the position of its count. */
function writeChunkHead(
  w: XlangWriter,
  keyOp: ValueOp | undefined,
  valueOp: ValueOp,
  value: ElementOp,
  tracked: boolean,
): number {
  const typed = value.typed || value.op.dynamic !== undefined;
  w.putByte(
    (keyOp ? 0 : MapFlag.keyDeclared) |
      (typed ? 0 : MapFlag.valueDeclared) |
      (tracked ? MapFlag.valueTracked : 0),
  );
  const at = w.pos;
  w.putByte(0);
  keyOp?.writeInfo(w);
  if (typed) valueOp.writeInfo(w);
  return at;
}

/** Writes the pair of a null value: a chunk of its own, without a count. */
function writeNull(w: XlangWriter, key: unknown, op: ValueOp, typed: boolean, depth: number): void {
  w.putByte(MapFlag.valueNull | (typed ? MapFlag.keyTracked : MapFlag.keyDeclared));
  if (typed) {
    w.putByte(Flag.value);
    op.writeInfo(w);
  }
  op.write(w, key, depth + 1);
}

/** Writes the pair of a null key: a chunk of its own, without a count. */
function writeUnderNull(
  w: XlangWriter,
  item: unknown,
  value: ElementOp,
  depth: number,
  keeps: boolean | undefined,
): void {
  if (isEmpty(item, value)) {
    w.putByte(MapFlag.keyNull | MapFlag.valueNull);
    return;
  }
  const op = value.op.dynamic?.classify(item) ?? value.op;
  const typed = value.typed || value.op.dynamic !== undefined;
  const tracked = w.tracking && op.tracked === true;
  w.putByte(
    MapFlag.keyNull |
      (typed ? 0 : MapFlag.valueDeclared) |
      (typed || tracked ? MapFlag.valueTracked : 0),
  );
  // unlike in longer chunks, the flag precedes the type info
  if (tracked && !writeFlag(w, item, op, keeps)) return;
  if (typed) {
    if (!tracked) w.putByte(Flag.value);
    op.writeInfo(w);
  }
  op.write(w, item, depth + 1, keeps);
}

function isEmpty(item: unknown, element: ElementOp): boolean {
  return element.nullable && (item === null || item === undefined);
}

function opsOf(keys: readonly unknown[], key: ElementOp): (ValueOp | undefined)[] | undefined {
  const { dynamic } = key.op;
  return dynamic && keys.map((one) => (isEmpty(one, key) ? undefined : dynamic.classify(one)));
}

export function readPairs(
  r: XlangReader,
  key: ElementOp,
  value: ElementOp,
  cost: number,
  depth: number,
  keeps: boolean | undefined,
  add: (key: unknown, value: unknown) => void,
): void {
  r.checkDepth(depth);
  let left = r.count(r.small(), cost + key.op.cost + value.op.cost);
  const empty = value.optional ? undefined : null;
  while (left > 0) {
    const bits = r.byte();
    if (bits > 63) throw fail("data", `map flags ${bits}`);
    if (bits & MapFlag.keyNull) {
      if (!key.nullable) throw fail("data", "a null key in a map that has none");
      add(key.optional ? undefined : null, readUnderNull(r, value, depth, bits, keeps));
      left--;
      continue;
    }
    if (bits & MapFlag.valueNull) {
      if (!value.nullable) throw fail("data", "null in a map that has no nulls");
      // here the flag of the key precedes its type info
      const name = readTracked(
        r,
        bits & MapFlag.keyDeclared ? declaredOp(key.op) : infoFirst(key),
        depth + 1,
        bits & MapFlag.keyTracked,
        keeps,
      );
      add(name, empty);
      left--;
      continue;
    }
    const size = r.byte();
    if (size === 0 || size > left) throw fail("data", `a chunk of ${size} pairs with ${left} left`);
    const keyOp = chunkOp(r, key, bits & MapFlag.keyDeclared);
    const valueOp = chunkOp(r, value, bits & MapFlag.valueDeclared);
    for (let i = 0; i < size; i++) {
      const name = readTracked(r, keyOp, depth + 1, bits & MapFlag.keyTracked, keeps);
      try {
        add(name, readTracked(r, valueOp, depth + 1, bits & MapFlag.valueTracked, keeps));
      } catch (reason) {
        throw asFailure(reason).inKey(name);
      }
    }
    left -= size;
  }
}

/** Reads the value of a null key. */
function readUnderNull(
  r: XlangReader,
  value: ElementOp,
  depth: number,
  bits: number,
  keeps: boolean | undefined,
): unknown {
  if (bits & MapFlag.valueNull) {
    if (!value.nullable) throw fail("data", "null in a map that has no nulls");
    return value.optional ? undefined : null;
  }
  const op = bits & MapFlag.valueDeclared ? declaredOp(value.op) : infoFirst(value);
  return readTracked(r, op, depth + 1, bits & MapFlag.valueTracked, keeps);
}

function chunkOp(r: XlangReader, element: ElementOp, declared: number): ValueOp {
  return declared ? declaredOp(element.op) : ownOp(r, element);
}

function readTracked(
  r: XlangReader,
  op: ValueOp,
  depth: number,
  tracked: number,
  keeps: boolean | undefined,
): unknown {
  if (!tracked) return op.read(r, depth, keeps);
  const value = readFlagged(r, op, depth, absent, keeps);
  if (value === absent) throw fail("data", "null where a value should be");
  return value;
}
