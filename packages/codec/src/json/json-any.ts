import { fail, kindOf } from "../failure.ts";
import type { FieldType } from "../schema/field-type.ts";
import type { TypeScope } from "../schema/type-scope.ts";
import { TypedValue, typeOf } from "../schema/typed-value.ts";
import type { WireTypeInfo } from "../schema/wire-type-info.ts";

import { isObject } from "./json-containers.ts";
import { checkDepth, type JsonOp } from "./json-op.ts";
import { jsonScalar, writeBytes, writeFloat } from "./json-scalar.ts";

/** Any value: what JSON has itself, and on writing also bytes, times, sets, maps and bound classes. */
export function jsonAny(
  scope: TypeScope,
  bind: (info: WireTypeInfo) => JsonOp,
  maxDepth: number,
  opOf: (type: FieldType) => JsonOp,
): JsonOp {
  const time = jsonScalar({ kind: "timestamp" });

  function write(value: unknown, depth: number): string {
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
        return value === null ? "null" : writeObject(value, depth);
      default:
        throw fail("value", `a ${typeof value} has no form in JSON`);
    }
  }

  function writeObject(value: object, depth: number): string {
    checkDepth(depth, maxDepth);
    if (value instanceof Uint8Array) return writeBytes(value);
    if (value instanceof Date) return time.write(value, depth);
    if (Array.isArray(value) || value instanceof Set || isTypedArray(value)) {
      return `[${Array.from<unknown>(value as Iterable<unknown>)
        .map((item) => write(item, depth + 1))
        .join(",")}]`;
    }
    const info = scope.ofClass(value);
    if (info) return bind(info).write(value, depth);
    if (value instanceof TypedValue) return opOf(typeOf(value.schema)).write(value.value, depth);
    const ext = scope.extOf(value);
    if (ext) return opOf(ext).write(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!(value instanceof Map) && prototype !== Object.prototype && prototype !== null) {
      throw fail("value", `a ${kindOf(value)} has no form in JSON: bind its class to a wire type`);
    }
    const pairs = value instanceof Map ? [...value] : Object.entries(value);
    return `{${pairs
      .map(([key, item]) => `${JSON.stringify(String(key))}:${write(item, depth + 1)}`)
      .join(",")}}`;
  }

  function read(json: unknown, depth: number): unknown {
    if (typeof json !== "object" || json === null) return json;
    checkDepth(depth, maxDepth);
    for (const item of isObject(json) ? Object.values(json) : (json as readonly unknown[])) {
      read(item, depth + 1);
    }
    return json;
  }

  return { write, read };
}

function isTypedArray(value: object): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
