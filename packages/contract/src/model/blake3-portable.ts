import { blake3 as hash } from "@noble/hashes/blake3.js";

/**
 * The 32-byte BLAKE3 hash of `bytes`, for where blake3-wasm cannot answer synchronously: in a browser its module has to
 * be loaded first, and a contract id is needed while definitions are evaluated.
 */
export function blake3(bytes: Uint8Array): Uint8Array {
  return hash(bytes);
}
