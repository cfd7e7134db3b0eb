// The kinds of values at the border to the program. `instanceof` is the quick test; values that
// another realm made (a vm context, a frame of a browser) need the slower one behind it.

const tagOf = Object.prototype.toString;
const mapSize = getterOf(Map.prototype, "size");
const setSize = getterOf(Set.prototype, "size");
const bufferLength = getterOf(ArrayBuffer.prototype, "byteLength");
const arrayName = getterOf(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

export function isDate(value: unknown): value is Date {
  if (value instanceof Date) return true;
  return isObject(value) && answers(Date.prototype.getTime, value);
}

export function isMap(value: unknown): value is Map<unknown, unknown> {
  return value instanceof Map || (isObject(value) && answers(mapSize, value));
}

export function isSet(value: unknown): value is Set<unknown> {
  return value instanceof Set || (isObject(value) && answers(setSize, value));
}

/** Returns true for a buffer of any realm. A `SharedArrayBuffer` is not one. */
export function isArrayBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer || answers(bufferLength, value);
}

export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || typedArrayName(value) === "Uint8Array";
}

/** Returns true for a typed array of a class or of the class with its name in another realm. */
export function isArrayOf<T>(
  Class: { new (...args: never[]): T; readonly name: string },
  value: unknown,
): value is T {
  return value instanceof Class || typedArrayName(value) === Class.name;
}

/** Returns the name of the class of a typed array of any realm; undefined for other values. */
export function typedArrayName(value: unknown): string | undefined {
  return arrayName.call(value) as string | undefined;
}

/** Returns true for an object that no class made, in this realm or another. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignPlain(prototype);
}

/** Returns true for `Object.prototype` of another realm. */
export function isForeignPlain(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}

/**
 * The mark of this package's own classes of values, which stand for values of other types. A second
 * copy of the package has the same.
 */
export const carrier: unique symbol = Symbol.for("@aster/codec carrier");

/**
 * Returns true for plain objects and instances of the program's classes, and false for arrays,
 * promises, maps, dates, bytes, errors and other objects of the platform.
 */
export function isRecordLike(value: object): boolean {
  if (isPlainObject(value)) return !Array.isArray(value);
  return (
    tagOf.call(value) === "[object Object]" &&
    !(carrier in value) &&
    typeof (value as { readonly then?: unknown }).then !== "function"
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Returns true if a method that only objects of one kind have accepts the value. */
function answers(method: (this: never) => unknown, value: object): boolean {
  try {
    method.call(value as never);
    return true;
  } catch {
    return false;
  }
}

function getterOf(prototype: object, key: PropertyKey): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)?.get as (this: unknown) => unknown;
}
