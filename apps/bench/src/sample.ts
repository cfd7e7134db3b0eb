/** The small message: six fields, about 128 bytes on both wires. */
export interface Note {
  seq: number;
  author: string;
  pinned: boolean;
  score: number;
  tags: string[];
  text: string;
}

const text = "The quick brown fox jumps over the lazy dog; 72 letters, all in ASCII.";

export function sampleNote(seq: number): Note {
  return {
    seq,
    author: "ada@example.org",
    pinned: true,
    score: 0.75,
    tags: ["bench", "p2p"],
    text,
  };
}

export const blobBytes = 256 * 1024;

/** Returns pseudo-random bytes (xorshift32), which no codec can compress. */
export function sampleBlob(seed: number): Uint8Array {
  const blob = new Uint8Array(blobBytes);
  let state = seed || 1;
  for (let i = 0; i < blob.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    blob[i] = state;
  }
  return blob;
}
