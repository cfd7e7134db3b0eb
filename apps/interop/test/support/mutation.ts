import type { Random } from "./random-case.ts";

/** One of the seeds with one to four changes: bytes cut off, cut out, repeated, set, or a bit of them flipped. */
export function mutated(seeds: readonly Uint8Array[], next: Random): Uint8Array {
  const below = (limit: number) => Math.floor(next() * limit);
  let bytes = seeds[below(seeds.length)] as Uint8Array;
  for (let changes = 1 + below(4); changes > 0; changes -= 1) {
    const [at, other] = [below(bytes.length + 1), below(bytes.length + 1)];
    const [from, to] = at < other ? [at, other] : [other, at];
    const kind = below(5);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    else {
      // a Buffer's own slice would be the seed's memory
      bytes = new Uint8Array(bytes);
      if (at < bytes.length)
        bytes[at] = kind === 3 ? below(256) : (bytes[at] ?? 0) ^ (1 << below(8));
    }
  }
  return bytes;
}
