/**
 * JSON as Python's `json.dumps(value, separators=(",", ":"))` writes it: compact, in the order of the keys, everything
 * outside printable ASCII as `\uXXXX`. Records that other implementations hash or compare have these bytes.
 *
 * One difference is left: a float without a fraction is written `1`, where Python writes `1.0`.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
