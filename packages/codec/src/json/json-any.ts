import { fail, kindOf } from "../failure.ts";
import type { FieldType } from "../schema/field-type.ts";
import type { TypeScope } from "../schema/type-scope.ts";
import { TypedValue, typeOf } from "../schema/typed-value.ts";
import { isBytes, isDate, isMap, isPlainObject, isSet } from "../value-kind.ts";
import { isObject } from "./json-containers.ts";
import { checkDepth, type JsonOp } from "./json-op.ts";
import { jsonScalar, outOfRange, writeBytes, writeFloat } from "./json-scalar.ts";

/**
 * The op of values of any type: values that JSON has, and on writing also bytes, times, sets, maps
 * and instances of bound classes.
 */
export class JsonAny implements JsonOp {
  readonly #scope: TypeScope;
  readonly #maxDepth: number;
  readonly #opOf: (type: FieldType) => JsonOp;
  readonly #time = jsonScalar({ kind: "timestamp" });

  constructor(scope: TypeScope, maxDepth: number, opOf: (type: FieldType) => JsonOp) {
    this.#scope = scope;
    this.#maxDepth = maxDepth;
    this.#opOf = opOf;
  }

  write(value: unknown, depth: number): string {
    switch (typeof value) {
      case "undefined":
        return "null";
      case "boolean":
      case "bigint":
        return String(value);
      case "string":
        return JSON.stringify(value);
      case "number":
        return writeFloat(value);
      case "object":
        return value === null ? "null" : this.#writeObject(value, depth);
      default:
        throw fail("value", `a ${typeof value} has no form in JSON`);
    }
  }

  read(json: unknown, depth: number): unknown {
    if (typeof json === "number" && !Number.isFinite(json)) throw fail("data", outOfRange);
    if (typeof json !== "object" || json === null) return json;
    checkDepth(depth, this.#maxDepth);
    for (const item of isObject(json) ? Object.values(json) : (json as readonly unknown[])) {
      this.read(item, depth + 1);
    }
    return json;
  }

  #writeObject(value: object, depth: number): string {
    checkDepth(depth, this.#maxDepth);
    if (isBytes(value)) return writeBytes(value);
    if (isDate(value)) return this.#time.write(value, depth);
    if (Array.isArray(value) || isSet(value) || isTypedArray(value)) {
      const items = Array.from<unknown>(value as Iterable<unknown>);
      return `[${items.map((item) => this.write(item, depth + 1)).join(",")}]`;
    }
    const info = this.#scope.ofClass(value);
    if (info) return this.#opOf({ kind: "struct", info: () => info }).write(value, depth);
    if (value instanceof TypedValue) {
      return this.#opOf(typeOf(value.schema)).write(value.value, depth);
    }
    const ext = this.#scope.extOf(value);
    if (ext) return this.#opOf(ext).write(value, depth);
    return this.#writePairs(value, depth);
  }

  #writePairs(value: object, depth: number): string {
    if (isMap(value)) return this.#writeMap(value, depth);
    if (!isPlainObject(value)) {
      throw fail("value", `a ${kindOf(value)} has no form in JSON: bind its class to a wire type`);
    }
    return this.#writeEntries(Object.entries(value), depth);
  }

  #writeMap(map: ReadonlyMap<unknown, unknown>, depth: number): string {
    const texts = new Map<string, unknown>();
    for (const [key, item] of map) {
      const text = String(key);
      if (texts.has(text))
        throw fail("value", "two keys of a Map are the same text in JSON").inKey(key);
      texts.set(text, item);
    }
    return this.#writeEntries([...texts], depth);
  }

  #writeEntries(entries: readonly (readonly [string, unknown])[], depth: number): string {
    const texts = entries.map(
      ([key, item]) => `${JSON.stringify(key)}:${this.write(item, depth + 1)}`,
    );
    return `{${texts.join(",")}}`;
  }
}

function isTypedArray(value: object): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
