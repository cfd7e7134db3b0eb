import { fail } from "../failure.ts";

const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;
/** Bytes per call of `fromCharCode`: more arguments could overflow the stack. */
const chunk = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += chunk) {
    binary += String.fromCharCode.apply(
      null,
      bytes.subarray(at, at + chunk) as unknown as number[],
    );
  }
  return btoa(binary);
}

export function fromBase64(text: string): Uint8Array {
  if (!alphabet.test(text) || text.length % 4 !== 0) throw fail("data", "text that is not base64");
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
