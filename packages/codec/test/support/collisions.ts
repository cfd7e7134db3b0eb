// Numbers with equal hashes in V8: the steps of its hash functions, run backwards.

const mask64 = 2n ** 64n - 1n;

/** Returns the number by which a factor must be multiplied to get 1, in arithmetic of 2^bits. */
function inverse(factor: bigint, bits: number): bigint {
  let found = 1n;
  for (let i = 0; i < 7; i++) found = BigInt.asUintN(bits, found * (2n - factor * found));
  return found;
}

/** Solves `x ^ (x >> shift) = y`. */
function unshift(y: bigint, shift: number, bits: number): bigint {
  let x = y;
  for (let done = shift; done < bits; done += shift) x = y ^ (x >> BigInt(shift));
  return x;
}

/** Returns the 64 bits whose hash, before it is cut, is the given one. */
function unhash64(hash: bigint): bigint {
  let x = unshift(hash, 22, 64);
  x = (x * inverse(65n, 64)) & mask64;
  x = unshift(x, 11, 64);
  x = (x * inverse(21n, 64)) & mask64;
  x = unshift(x, 31, 64);
  return ((x + 1n) * inverse(2n ** 18n - 1n, 64)) & mask64;
}

/** Returns the 32 bits whose hash, before it is cut, is the given one. */
function unhash32(hash: bigint): bigint {
  const wrap = (x: bigint): bigint => BigInt.asUintN(32, x);
  let x = unshift(hash, 16, 32);
  x = wrap(x * inverse(2057n, 32));
  x = unshift(x, 4, 32);
  x = wrap(x * inverse(5n, 32));
  x = unshift(x, 12, 32);
  return wrap((x + 1n) * inverse(2n ** 15n - 1n, 32));
}

/** Returns doubles that V8 hashes alike. */
export function collidingDoubles(count: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  const found: number[] = [];
  for (let i = 1n; found.length < count; i++) {
    view.setBigUint64(0, unhash64(i << 30n));
    const value = view.getFloat64(0);
    if (Number.isFinite(value) && !Number.isInteger(value)) found.push(value);
  }
  return found;
}

/** Returns bigints of 63 bits that V8 hashes alike. */
export function collidingBigints(count: number): bigint[] {
  const found: bigint[] = [];
  for (let i = 1n; found.length < count; i++) {
    const value = unhash64(i << 30n);
    if (value < 2n ** 63n) found.push(value);
  }
  return found;
}

/** Returns integers of 31 bits that fall into one bucket of tables of up to 2^16 buckets. */
export function collidingIntegers(count: number): number[] {
  const found: number[] = [];
  for (let i = 1n; found.length < count; i++) {
    const value = unhash32(i << 16n);
    if (value < 2n ** 31n) found.push(Number(value));
  }
  return found;
}
