import { hash } from "blake3-wasm";

/** The 32-byte BLAKE3 hash of `bytes`. */
export function blake3(bytes: Uint8Array): Uint8Array {
  // the result is a Buffer, because no encoding is given
  return Uint8Array.from(hash(bytes as Buffer) as Buffer);
}
