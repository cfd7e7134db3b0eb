/**
 * Orders strings by their Unicode code points. JavaScript's own order is by UTF-16 unit, which
 * differs above U+FFFF; contracts are sorted the way every other language sorts.
 */
export function byCodePoint(left: string, right: string): number {
  const a = left[Symbol.iterator]();
  const b = right[Symbol.iterator]();
  for (;;) {
    const x = a.next();
    const y = b.next();
    if (x.done || y.done) return Number(Boolean(y.done)) - Number(Boolean(x.done));
    const difference = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
}
