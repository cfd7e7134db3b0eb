import { fail, kindOf } from "../failure.ts";
import type { FieldType } from "../schema/field-type.ts";
import type { TypeScope } from "../schema/type-scope.ts";
import { TypedValue, typeOf } from "../schema/typed-value.ts";
import { isObject } from "./json-containers.ts";
import { checkDepth, type JsonOp } from "./json-op.ts";
import { jsonScalar, writeBytes, writeFloat } from "./json-scalar.ts";

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
    if (typeof json !== "object" || json === null) return json;
    checkDepth(depth, this.#maxDepth);
    for (const item of isObject(json) ? Object.values(json) : (json as readonly unknown[])) {
      this.read(item, depth + 1);
    }
    return json;
  }

  #writeObject(value: object, depth: number): string {
    checkDepth(depth, this.#maxDepth);
    if (value instanceof Uint8Array) return writeBytes(value);
    if (value instanceof Date) return this.#time.write(value, depth);
    if (Array.isArray(value) || value instanceof Set || isTypedArray(value)) {
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
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!(value instanceof Map) && prototype !== Object.prototype && prototype !== null) {
      throw fail("value", `a ${kindOf(value)} has no form in JSON: bind its class to a wire type`);
    }
    const pairs = value instanceof Map ? [...value] : Object.entries(value);
    const texts = pairs.map(
      ([key, item]) => `${JSON.stringify(String(key))}:${this.write(item, depth + 1)}`,
    );
    return `{${texts.join(",")}}`;
  }
}

function isTypedArray(value: object): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
