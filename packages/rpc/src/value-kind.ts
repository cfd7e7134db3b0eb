// The kinds of values that another realm may have made, such as a vm context of a test runner:
// `instanceof` does not recognise them.

const tagOf = Object.prototype.toString;

export function isError(value: unknown): value is Error {
  return value instanceof Error || tagOf.call(value) === "[object Error]";
}

export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || tagOf.call(value) === "[object Uint8Array]";
}

/** Returns true for arrays, plain objects, and objects with a JSON form of their own. */
export function hasJsonForm(value: object): boolean {
  if (Array.isArray(value)) return true;
  const { then, toJSON } = value as { readonly then?: unknown; readonly toJSON?: unknown };
  if (typeof toJSON === "function") return true;
  return tagOf.call(value) === "[object Object]" && typeof then !== "function";
}
