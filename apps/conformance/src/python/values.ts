/**
 * Converts a value for python/shared/values.py: JSON where it is exact, tagged values elsewhere.
 */
export function toPython(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (typeof value === "bigint") return { $int: value.toString() };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $float: Object.is(value, -0) ? "-0.0" : String(value) };
  }
  if (Array.isArray(value)) return value.map(toPython);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPython(item)]));
  }
  return value;
}

/** Converts a value from python/shared/values.py. Integers beyond 2^53 become bigints. */
export function fromPython(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPython);
  if (typeof value !== "object" || value === null) return value;
  const { $bytes, $int, $float } = value as Record<string, unknown>;
  if (typeof $bytes === "string") return new Uint8Array(Buffer.from($bytes, "base64"));
  if (typeof $int === "string") return BigInt($int);
  if (typeof $float === "string") return floats[$float];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromPython(item)]));
}

const floats: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-0.0": -0,
};
