export { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** Returns `true` for a text of lower-case hex characters that stands for `bytes` bytes. */
export function isHex(value: unknown, bytes: number): value is string {
  return typeof value === "string" && value.length === bytes * 2 && /^[0-9a-f]*$/.test(value);
}
