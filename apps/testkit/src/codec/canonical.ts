/**
 * Returns a text that is equal for equal values of the notation, whatever the order of sets and
 * maps.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, member(key, sorted(item))])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function member(key: string, value: unknown): unknown {
  if ((key !== "$set" && key !== "$map") || !Array.isArray(value)) return value;
  return value.map((item) => JSON.stringify(item)).sort();
}
