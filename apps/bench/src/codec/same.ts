/**
 * Returns whether `actual` contains all of `expected`. Classes can differ: some codecs have classes
 * for messages, and some return lists of numbers for typed arrays.
 */
export function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return Object.is(actual, expected);
  if (typeof actual !== "object" || actual === null) return false;
  if ("length" in expected && (actual as ArrayLike<unknown>).length !== expected.length) {
    return false;
  }
  return Object.entries(expected).every(([key, value]) =>
    isSame((actual as Record<string, unknown>)[key], value),
  );
}
