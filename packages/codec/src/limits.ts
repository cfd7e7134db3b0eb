import { fail } from "./failure.ts";

/** Limits of one message of a codec, in both directions. */
export interface CodecLimits {
  /** Maximum nesting of structs, lists, sets and maps. */
  readonly depth: number;
  /** Maximum size of an encoded message in bytes. */
  readonly messageBytes: number;
  /**
   * Maximum cost of decoding a message, in bytes of memory, estimated. The message itself bounds
   * the memory of strings and bytes. Values that take long to decode count for more than their
   * memory, so that the default also bounds the time: to some 50 ms on a server.
   */
  readonly graphBytes: number;
}

/** The limits to change. The others, and those that are `undefined`, keep their defaults. */
export type CodecLimitOptions = { readonly [K in keyof CodecLimits]?: CodecLimits[K] | undefined };

/** The limits of a codec without limits of its own (docs/fory.md, "Limits"). */
export const defaultLimits: CodecLimits = Object.freeze({
  depth: 50,
  messageBytes: 16 * 1024 * 1024,
  graphBytes: 64 * 1024 * 1024,
});

/** Maximum number of fields of one wire type, and of keys of one shape: both sides check it. */
export const maxFields: number = 512;

/** Refuses a message that is larger than the limits allow. */
export function checkMessageSize(size: number, { messageBytes }: CodecLimits): void {
  if (size <= messageBytes) return;
  throw fail("limit", `the message of ${size} bytes is larger than ${messageBytes}`);
}
