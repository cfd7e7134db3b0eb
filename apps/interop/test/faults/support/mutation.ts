import type { Random } from "../../support/random.ts";

/**
 * Returns one of the originals with one to four changes: bytes are cut off, removed, repeated or
 * set, or a bit is flipped.
 */
export function mutated(originals: readonly Uint8Array[], next: Random): Uint8Array {
  const below = (limit: number) => Math.floor(next() * limit);
  let bytes = originals[below(originals.length)] as Uint8Array;
  for (let changes = 1 + below(4); changes > 0; changes -= 1) {
    const [at, other] = [below(bytes.length + 1), below(bytes.length + 1)];
    const [from, to] = at < other ? [at, other] : [other, at];
    const kind = below(5);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    else {
      // a copy: slices of a Buffer share the memory of the original
      bytes = new Uint8Array(bytes);
      if (at < bytes.length)
        bytes[at] = kind === 3 ? below(256) : (bytes[at] ?? 0) ^ (1 << below(8));
    }
  }
  return bytes;
}
