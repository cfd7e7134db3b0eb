const IV = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

const CHUNK_START = 1;
const CHUNK_END = 2;
const PARENT = 4;
const ROOT = 8;

const BLOCK_BYTES = 64;
const CHUNK_BYTES = 1024;
const ROUNDS = 7;

/** Message word order of every round: each round permutes the order of the one before. */
const SCHEDULE: Uint8Array = (() => {
  const permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
  const schedule = new Uint8Array(ROUNDS * 16);
  for (let i = 0; i < 16; i++) schedule[i] = i;
  for (let i = 16; i < schedule.length; i++) {
    schedule[i] = schedule[i - (i % 16) - 16 + (permutation[i % 16] ?? 0)] ?? 0;
  }
  return schedule;
})();

/** Columns, then diagonals: the four state words each quarter round mixes. */
const QUARTERS: Uint8Array = Uint8Array.of(
  ...[0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  ...[0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14],
);

const at = (words: Uint32Array | Uint8Array, index: number): number => words[index] as number;
const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

interface Node {
  readonly chaining: Uint32Array;
  readonly block: Uint32Array;
  readonly counter: number;
  readonly length: number;
  readonly flags: number;
}

/** The first eight output words of one compression. */
function compress(node: Node, extraFlags: number): Uint32Array {
  const { chaining, block } = node;
  const v = new Uint32Array(16);
  v.set(chaining);
  v.set(IV.subarray(0, 4), 8);
  v[12] = node.counter;
  v[13] = node.counter / 0x1_0000_0000;
  v[14] = node.length;
  v[15] = node.flags | extraFlags;
  for (let step = 0; step < ROUNDS * 8; step++) {
    const q = (step % 8) * 4;
    const a = at(QUARTERS, q);
    const b = at(QUARTERS, q + 1);
    const c = at(QUARTERS, q + 2);
    const d = at(QUARTERS, q + 3);
    v[a] = at(v, a) + at(v, b) + at(block, at(SCHEDULE, step * 2));
    v[d] = rotate(at(v, d) ^ at(v, a), 16);
    v[c] = at(v, c) + at(v, d);
    v[b] = rotate(at(v, b) ^ at(v, c), 12);
    v[a] = at(v, a) + at(v, b) + at(block, at(SCHEDULE, step * 2 + 1));
    v[d] = rotate(at(v, d) ^ at(v, a), 8);
    v[c] = at(v, c) + at(v, d);
    v[b] = rotate(at(v, b) ^ at(v, c), 7);
  }
  const out = new Uint32Array(8);
  for (let i = 0; i < 8; i++) out[i] = at(v, i) ^ at(v, i + 8);
  return out;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(16);
  for (let i = 0; i < bytes.length; i++) {
    words[i >> 2] = at(words, i >> 2) | (at(bytes, i) << ((i & 3) * 8));
  }
  return words;
}

/** The last block of a chunk, not yet compressed: it may turn out to be the root. */
function chunkNode(chunk: Uint8Array, counter: number): Node {
  let chaining: Uint32Array = IV;
  for (let offset = 0; ; offset += BLOCK_BYTES) {
    const part = chunk.subarray(offset, offset + BLOCK_BYTES);
    const start = offset === 0 ? CHUNK_START : 0;
    const node = { chaining, block: wordsOf(part), counter, length: part.length };
    if (offset + BLOCK_BYTES >= chunk.length) return { ...node, flags: start | CHUNK_END };
    chaining = compress({ ...node, flags: start }, 0);
  }
}

function parentNode(left: Uint32Array, right: Uint32Array): Node {
  const block = new Uint32Array(16);
  block.set(left);
  block.set(right, 8);
  return { chaining: IV, block, counter: 0, length: BLOCK_BYTES, flags: PARENT };
}

/**
 * The 32-byte BLAKE3 hash of `bytes`. Written here because a contract id must be computable
 * synchronously wherever a contract can be imported, browsers included.
 */
export function blake3(bytes: Uint8Array): Uint8Array {
  const stack: Uint32Array[] = [];
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  let node = chunkNode(bytes.subarray(0, CHUNK_BYTES), 0);
  for (let index = 1; index < chunks; index++) {
    // a finished subtree for every trailing zero bit of the number of finished chunks
    let subtree = compress(node, 0);
    for (let done = index; (done & 1) === 0; done >>= 1) {
      subtree = compress(parentNode(stack.pop() ?? IV, subtree), 0);
    }
    stack.push(subtree);
    const offset = index * CHUNK_BYTES;
    node = chunkNode(bytes.subarray(offset, offset + CHUNK_BYTES), index);
  }
  for (let left = stack.pop(); left !== undefined; left = stack.pop()) {
    node = parentNode(left, compress(node, 0));
  }
  const words = compress(node, ROOT);
  const hash = new Uint8Array(32);
  for (let i = 0; i < 32; i++) hash[i] = at(words, i >> 2) >>> ((i & 3) * 8);
  return hash;
}
