import { blake3 as hash } from "@noble/hashes/blake3.js";

/**
 * The 32-byte BLAKE3 hash of `bytes`, for browsers. There blake3-wasm must first load its module,
 * but contract ids are computed synchronously, while definitions are evaluated.
 */
export function blake3(bytes: Uint8Array): Uint8Array {
  return hash(bytes);
}
