import { fail, kindOf } from "../failure.ts";
import { isRecordLike } from "../value-kind.ts";
import type { WireTypeInfo } from "./wire-type-info.ts";

/** Objects whose members may stand in for fields: a list has `length`, a map has `size`. */
const others: readonly object[] = [
  Array.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
  RegExp.prototype,
  Promise.prototype,
  Error.prototype,
  ArrayBuffer.prototype,
  DataView.prototype,
  Uint8Array.prototype,
];
/** Own keys of such objects. */
const ownKeys = new Set(["length", "lastIndex", "stack", "cause", "errors"]);
/** Maximum length of a chain of prototypes. A proxy could make up an endless one. */
const maxChain = 32;

/**
 * Returns a function that is true for an object of another kind than a wire type: a list, a
 * promise, a map, a date, bytes, an instance of another type's class. It is undefined for a type
 * with a required field that such objects lack: writing them fails anyway.
 */
export function otherKindTest(info: WireTypeInfo): ((value: object) => boolean) | undefined {
  const telling = info.fields.some(
    ({ key, nullable, default: makeDefault, type }) =>
      !nullable &&
      makeDefault === undefined &&
      type.kind !== "any" &&
      !ownKeys.has(key) &&
      !others.some((other) => key in other),
  );
  if (telling) return undefined;
  const usual: object = info.class?.prototype ?? Object.prototype;
  return (value) => Object.getPrototypeOf(value) !== usual && !isOfKind(info, value);
}

/** Makes the failure for a value of another kind than a wire type. */
export function otherKind({ tag }: WireTypeInfo, value: unknown): unknown {
  return fail("value", `expected an object (${tag}), got ${kindOf(value)}`);
}

function isOfKind(info: WireTypeInfo, value: object): boolean {
  let at: object | null = value;
  for (let i = 0; at !== null && i < maxChain; i++) {
    const next: object | null = Object.getPrototypeOf(at);
    if (next !== null && next === info.class?.prototype) return true;
    const other = info.scope.ofClass(at)?.tag ?? info.scope.extOf(at)?.named.tag;
    if (other !== undefined) return other === info.tag;
    at = next;
  }
  return isRecordLike(value);
}
