const mask = 0xffff_ffff_ffff_ffffn;
const c1 = 0x87c3_7b91_1142_53d5n;
const c2 = 0x4cf5_ad43_2745_937fn;

/**
 * Returns the first 64 bits of MurmurHash3 x64 128, unsigned (docs/fory.md, "Hashes"). It runs once
 * per definition, not once per message: bigints are fast enough.
 */
export function murmur(data: Uint8Array, seed: number): bigint {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let h1 = BigInt(seed);
  let h2 = BigInt(seed);
  const blocks = data.length >> 4;
  for (let i = 0; i < blocks; i++) {
    h1 ^= mixed(view.getBigUint64(i * 16, true), c1, 31n, c2);
    h1 = (((rotate(h1, 27n) + h2) & mask) * 5n + 0x52dc_e729n) & mask;
    h2 ^= mixed(view.getBigUint64(i * 16 + 8, true), c2, 33n, c1);
    h2 = (((rotate(h2, 31n) + h1) & mask) * 5n + 0x3849_5ab5n) & mask;
  }
  let k1 = 0n;
  let k2 = 0n;
  for (let i = data.length - 1; i >= blocks * 16; i--) {
    const at = i - blocks * 16;
    if (at >= 8) k2 = (k2 << 8n) | BigInt(view.getUint8(i));
    else k1 = (k1 << 8n) | BigInt(view.getUint8(i));
  }
  h2 ^= mixed(k2, c2, 33n, c1);
  h1 ^= mixed(k1, c1, 31n, c2);
  const length = BigInt(data.length);
  h1 ^= length;
  h2 ^= length;
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  return (final(h1) + final(h2)) & mask;
}

function mixed(k: bigint, before: bigint, by: bigint, after: bigint): bigint {
  return (rotate((k * before) & mask, by) * after) & mask;
}

function rotate(x: bigint, by: bigint): bigint {
  return ((x << by) | (x >> (64n - by))) & mask;
}

function final(k: bigint): bigint {
  let x = k;
  x = ((x ^ (x >> 33n)) * 0xff51_afd7_ed55_8ccdn) & mask;
  x = ((x ^ (x >> 33n)) * 0xc4ce_b9fe_1a85_ec53n) & mask;
  return x ^ (x >> 33n);
}
