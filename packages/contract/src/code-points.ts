/**
 * Orders strings by their Unicode code points. JavaScript's own order is by UTF-16 unit, which
 * differs above U+FFFF; contracts are sorted the way every other language sorts.
 */
export function byCodePoint(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    if (left.charCodeAt(i) === right.charCodeAt(i)) continue;
    return (left.codePointAt(i) ?? 0) - (right.codePointAt(i) ?? 0);
  }
  return left.length - right.length;
}
