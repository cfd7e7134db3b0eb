import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail, kindOf } from "../../failure.ts";
import { isMap, isRecordLike, isSet } from "../../value-kind.ts";
import { NativeId } from "../native-id.ts";
import { startList, wroteDoubles } from "../writing/write-array.ts";
import { writeMap, writeSet } from "../writing/write-collection.ts";
import { writeEntries } from "../writing/write-record.ts";
import type { NativeOp } from "./checker.ts";

/** Makes an op that also accepts null, or undefined if the type is optional. */
export function nullableNative(op: NativeOp, optional: boolean): NativeOp {
  if (!op.check || op.loose) return op;
  const empty = optional ? undefined : null;
  const id = optional ? NativeId.undefined : TypeId.none;
  return {
    form: () => op.form?.(),
    write(w, value, depth, keeps) {
      if (value === undefined || value === null) w.putByte(id);
      else op.write(w, value, depth, keeps);
    },
    check(c, value, depth, keeps) {
      if (value !== empty) op.check?.(c, value, depth, keeps);
    },
  };
}

/** The op of a list, held as an array. `numbers` is true if every number is a valid element. */
export function listNative(element: NativeOp, numbers: boolean): NativeOp {
  const op: NativeOp = {
    form: () => element.form?.(),
    write(w, value, depth, keeps) {
      if (!Array.isArray(value)) throw expected("an array", value);
      if (!w.opened(value, depth, element.form?.(), keeps)) return;
      const count = startList(w, value);
      if (count === 0 || (numbers && wroteDoubles(w, value))) return;
      w.putByte(0);
      each(value, count, (item) => element.write(w, item, depth + 1, keeps));
    },
    check(c, value, depth, keeps) {
      if (!Array.isArray(value)) throw expected("an array", value);
      if (!c.enter(op, value, depth, keeps) || c.skips(element)) return;
      each(value, value.length, (item) => element.check?.(c, item, depth + 1, keeps));
    },
  };
  return op;
}

/** The op of a set, held as a `Set`. */
export function setNative(element: NativeOp): NativeOp {
  const op: NativeOp = {
    form: () => element.form?.(),
    write(w, value, depth, keeps) {
      if (!isSet(value)) throw expected("a Set", value);
      if (!w.opened(value, depth, element.form?.(), keeps)) return;
      writeSet(w, value, (item) => element.write(w, item, depth + 1, keeps));
    },
    check(c, value, depth, keeps) {
      if (!isSet(value)) throw expected("a Set", value);
      if (!c.enter(op, value, depth, keeps) || c.skips(element)) return;
      each([...value], value.size, (item) => element.check?.(c, item, depth + 1, keeps));
    },
  };
  return op;
}

/** The op of a map, held as a `Map`. */
export function mapNative(key: NativeOp, value: NativeOp): NativeOp {
  const op: NativeOp = {
    form: () => value.form?.(),
    write(w, map, depth, keeps) {
      if (!isMap(map)) throw expected("a Map", map);
      if (!w.opened(map, depth, value.form?.(), keeps)) return;
      writeMap(
        w,
        map,
        (name) => key.write(w, name, depth + 1, keeps),
        (item) => value.write(w, item, depth + 1, keeps),
      );
    },
    check(c, map, depth, keeps) {
      if (!isMap(map)) throw expected("a Map", map);
      if (!c.enter(op, map, depth, keeps)) return;
      let place: unknown;
      try {
        for (const [name, item] of map) {
          place = name;
          key.check?.(c, name, depth + 1, keeps);
          value.check?.(c, item, depth + 1, keeps);
        }
      } catch (reason) {
        throw asFailure(reason).inKey(place);
      }
    },
  };
  return op;
}

/** The op of a map with text keys, held as a plain object. */
export function recordNative(key: NativeOp, value: NativeOp): NativeOp {
  const op: NativeOp = {
    form: () => value.form?.(),
    write(w, record, depth, keeps) {
      if (typeof record !== "object" || record === null || !isRecordLike(record)) {
        throw expected("an object", record);
      }
      if (!w.opened(record, depth, value.form?.(), keeps)) return;
      writeEntries(w, record as Record<string, unknown>, Object.keys(record), (item) =>
        value.write(w, item, depth + 1, keeps),
      );
    },
    check(c, record, depth, keeps) {
      if (typeof record !== "object" || record === null) throw expected("an object", record);
      if (Object.getPrototypeOf(record) !== Object.prototype) throw expected("an object", record);
      if (!c.enter(op, record, depth, keeps)) return;
      const names = Object.keys(record);
      let i = 0;
      try {
        for (; i < names.length; i++) {
          const item = (record as Record<string, unknown>)[names[i] as string];
          key.check?.(c, names[i], depth + 1, keeps);
          value.check?.(c, item, depth + 1, keeps);
        }
      } catch (reason) {
        throw asFailure(reason).inKey(names[i]);
      }
    },
  };
  return op;
}

function expected(what: string, value: unknown): unknown {
  return fail("value", `expected ${what}, got ${kindOf(value)}`);
}

function each(items: readonly unknown[], count: number, run: (item: unknown) => void): void {
  let i = 0;
  try {
    for (; i < count; i++) run(items[i]);
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
}
