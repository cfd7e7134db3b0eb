/** Returns true if two values have the same graph of objects: the objects correspond one to one. */
export function sameGraph(a: unknown, b: unknown): boolean {
  const pairs = new Map<unknown, unknown>();
  const taken = new Set<unknown>();
  const same = (x: unknown, y: unknown): boolean => {
    if (typeof x !== "object" || x === null || typeof y !== "object" || y === null) {
      return Object.is(x, y);
    }
    if (pairs.has(x)) return pairs.get(x) === y;
    if (taken.has(y)) return false;
    pairs.set(x, y);
    taken.add(y);
    const [inX, inY] = [partsOf(x), partsOf(y)];
    return inX.length === inY.length && inX.every((part, i) => same(part, inY[i]));
  };
  return same(a, b);
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flat();
}
