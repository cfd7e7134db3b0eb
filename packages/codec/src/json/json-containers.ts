import { arrayClass } from "../bytes/array-class.ts";
import { mapAdder, setAdder } from "../bytes/key-guard.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import { setOwn } from "../own-property.ts";
import type { ArrayElementKind } from "../schema/field-type.ts";
import { isArrayOf, isMap, isRecordLike, isSet } from "../value-kind.ts";
import { checkDepth, expected, type JsonOp } from "./json-op.ts";
import { jsonScalar } from "./json-scalar.ts";

export interface JsonElement {
  readonly op: JsonOp;
  readonly nullable: boolean;
  readonly optional: boolean;
}

/** The op of lists and sets, which are JSON arrays. */
export function jsonList(element: JsonElement, form: "list" | "set", maxDepth: number): JsonOp {
  return {
    write(value, depth) {
      checkDepth(depth, maxDepth);
      const items = form === "set" && isSet(value) ? [...value] : value;
      if (!Array.isArray(items) || (form === "set" && items === value)) {
        throw fail(
          "value",
          `expected ${form === "set" ? "a Set" : "an array"}, got ${kindOf(value)}`,
        );
      }
      return `[${writeItems(items, element, depth).join(",")}]`;
    },
    read(json, depth) {
      checkDepth(depth, maxDepth);
      if (!Array.isArray(json)) throw expected("an array", json);
      const items = readItems(json, element, depth);
      if (form === "list") return items;
      const set = new Set<unknown>();
      items.forEach(setAdder(set));
      return set;
    },
  };
}

/** The op of typed arrays, which are JSON arrays of numbers. */
export function jsonArray(kind: ArrayElementKind, maxDepth: number): JsonOp {
  if (kind === "bool") {
    const bool = { op: jsonScalar({ kind }), nullable: false, optional: false };
    return jsonList(bool, "list", maxDepth);
  }
  const Class = arrayClass[kind];
  const op = jsonScalar(kind === "int64" || kind === "uint64" ? { kind, as: "bigint" } : { kind });
  const element: JsonElement = { op, nullable: false, optional: false };
  return {
    write(value, depth) {
      if (!isArrayOf(Class, value)) {
        throw fail("value", `expected a ${Class.name}, got ${kindOf(value)}`);
      }
      return `[${writeItems(Array.from<unknown>(value as ArrayLike<unknown>), element, depth).join(",")}]`;
    },
    read(json, depth) {
      if (!Array.isArray(json)) throw expected("an array", json);
      const array = new Class(new ArrayBuffer(json.length * Class.BYTES_PER_ELEMENT));
      array.set(readItems(json, element, depth - 1) as never);
      return array;
    },
  };
}

/** The op of maps, which are JSON objects. Keys that are not text become text. */
export function jsonMap(
  key: JsonElement,
  value: JsonElement,
  form: "record" | "map",
  maxDepth: number,
): JsonOp {
  return {
    write(map, depth) {
      checkDepth(depth, maxDepth);
      const pairs = entriesOf(map, form).map(([name, item]) =>
        inKey(name, () => `${writeKey(name, key, depth)}:${writeElement(item, value, depth)}`),
      );
      return `{${pairs.join(",")}}`;
    },
    read(json, depth) {
      checkDepth(depth, maxDepth);
      if (!isObject(json)) throw expected("an object", json);
      const record: Record<string, unknown> = {};
      const map = new Map<unknown, unknown>();
      const add = mapAdder(map);
      const names = Object.keys(json);
      let i = 0;
      try {
        for (; i < names.length; i++) {
          const name = names[i] as string;
          const known = readKey(name, key.op, depth);
          const read = readElement(json[name], value, depth);
          if (form === "map") add(known, read);
          else setOwn(record, name, read);
        }
      } catch (reason) {
        throw asFailure(reason).inKey(names[i]);
      }
      return form === "map" ? map : record;
    },
  };
}

export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Writes a field, element or value that may be null. */
export function writeElement(value: unknown, element: JsonElement, depth: number): string {
  if (element.nullable && (value === null || value === undefined)) return "null";
  return element.op.write(value, depth + 1);
}

export function readElement(json: unknown, element: JsonElement, depth: number): unknown {
  if (json === null && element.nullable) return element.optional ? undefined : null;
  return element.op.read(json, depth + 1);
}

function readItems(json: readonly unknown[], element: JsonElement, depth: number): unknown[] {
  const items: unknown[] = [];
  let i = 0;
  try {
    for (; i < json.length; i++) items.push(readElement(json[i], element, depth));
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
  return items;
}

function writeItems(items: readonly unknown[], element: JsonElement, depth: number): string[] {
  const texts: string[] = [];
  for (let i = 0; i < items.length; i++) {
    texts.push(at(i, () => writeElement(items[i], element, depth)));
  }
  return texts;
}

function entriesOf(value: unknown, form: "record" | "map"): [unknown, unknown][] {
  if (form === "map" && isMap(value)) return [...value];
  if (form === "record" && isObject(value) && isRecordLike(value)) return Object.entries(value);
  throw fail("value", `expected ${form === "map" ? "a Map" : "an object"}, got ${kindOf(value)}`);
}

function writeKey(key: unknown, { op, nullable }: JsonElement, depth: number): string {
  if (nullable && (key === null || key === undefined)) {
    throw fail("value", "JSON has no null keys: use another mode");
  }
  if (op.keys) return op.keys.write(key);
  const text = op.write(key, depth);
  return text.startsWith('"') ? text : `"${text}"`;
}

function readKey(name: string, op: JsonOp, depth: number): unknown {
  if (op.keys) return op.keys.read(name);
  try {
    return op.read(name, depth);
  } catch (reason) {
    // integers and booleans are written as text
    if (!/^(?:true|false|-?\d{1,20})$/.test(name)) throw reason;
    const plain: unknown = JSON.parse(name.replace(/^(-?)0+(?=\d)/, "$1"));
    return op.read(plain, depth);
  }
}

function at<T>(index: number, run: () => T): T {
  try {
    return run();
  } catch (reason) {
    throw asFailure(reason).inItem(index);
  }
}

function inKey<T>(key: unknown, run: () => T): T {
  try {
    return run();
  } catch (reason) {
    throw asFailure(reason).inKey(key);
  }
}
