import { isBytes } from "../blobs/content.ts";
import { wrongOption } from "../option.ts";

/** The key of an entry: bytes, or a text, which stands for its UTF-8. At most 3072 bytes. */
export type DocKey = Uint8Array | string;

const encoder = new TextEncoder();

/** Returns the bytes of a key or content. Throws a `TransportError` `"option"`. */
export function bytesOf(name: string, value: DocKey): Uint8Array {
  if (typeof value === "string") return encoder.encode(value);
  if (isBytes(value)) return value;
  throw wrongOption(name, "a Uint8Array or a text", value);
}
