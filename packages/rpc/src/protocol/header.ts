import { headerCodecs, type ProtocolForm, type StreamHeader } from "./structs.ts";

const MAX_VARINT_BYTES = 10;
const MAX_DECIMAL_BYTES = 20;
const ZERO = 0x30;

/**
 * The header of one method, written once: what differs from call to call without metadata is the deadline alone.
 *
 * `bytes` gives a view that is valid until the next call of the same template.
 */
export class HeaderTemplate {
  readonly #form: ProtocolForm;
  readonly #prefixBytes: number;
  readonly #suffix: Uint8Array;
  readonly #scratch: Uint8Array;
  #deadlineEpochMs = -1;
  #bytes: Uint8Array;

  constructor(header: Omit<StreamHeader, "deadlineEpochMs">, form: ProtocolForm) {
    this.#form = form;
    const codec = headerCodecs[form];
    const bytes = codec.encode({ ...header, deadlineEpochMs: 0 });
    const other = codec.encode({ ...header, deadlineEpochMs: 1 });
    this.#prefixBytes = bytes.findIndex((byte, index) => byte !== other[index]);
    this.#suffix = bytes.slice(this.#prefixBytes + 1);
    this.#scratch = new Uint8Array(bytes.length + MAX_DECIMAL_BYTES);
    this.#scratch.set(bytes.subarray(0, this.#prefixBytes));
    this.#bytes = bytes;
  }

  /** With this deadline, Unix milliseconds; 0 for none. */
  bytes(deadlineEpochMs: number): Uint8Array {
    // calls of one turn of the event loop mostly share their deadline
    if (deadlineEpochMs === this.#deadlineEpochMs) return this.#bytes;
    const end =
      this.#form === "fory" ? this.#varint(deadlineEpochMs) : this.#decimal(deadlineEpochMs);
    this.#scratch.set(this.#suffix, end);
    this.#deadlineEpochMs = deadlineEpochMs;
    this.#bytes = this.#scratch.subarray(0, end + this.#suffix.length);
    return this.#bytes;
  }

  /** Zig-zag, so twice the number that is not negative. */
  #varint(value: number): number {
    let offset = this.#prefixBytes;
    let rest = value * 2;
    while (rest >= 0x80) {
      this.#scratch[offset++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#scratch[offset++] = rest;
    return offset;
  }

  #decimal(value: number): number {
    let offset = this.#prefixBytes;
    for (const digit of String(value)) this.#scratch[offset++] = ZERO + Number(digit);
    return offset;
  }
}

/** The deadline of a header, and the offset of the bytes behind it. */
export interface HeaderParts {
  readonly deadlineEpochMs: number;
  readonly suffixOffset: number;
}

const plain = headerCodecs.fory.encode({
  service: "",
  method: "",
  version: 0,
  callId: "",
  deadlineEpochMs: 0,
  serializationMode: 0,
  metadataKeys: [],
  metadataValues: [],
});
const other = headerCodecs.fory.encode({
  ...headerCodecs.fory.decode(plain),
  deadlineEpochMs: 1,
});
const foryPrefix = plain.slice(
  0,
  plain.findIndex((byte, index) => byte !== other[index]),
);

/**
 * Splits a Fory header into its constant prefix, the deadline, and a suffix, which is the same for
 * all calls of a method without metadata. Returns `undefined` for other headers, which have to be
 * decoded.
 */
export function splitForyHeader(payload: Uint8Array): HeaderParts | undefined {
  const { length } = foryPrefix;
  if (payload.length <= length) return undefined;
  for (let index = length - 1; index >= 0; index--) {
    if (payload[index] !== foryPrefix[index]) return undefined;
  }
  let value = 0;
  let scale = 1;
  for (let index = length; index < length + MAX_VARINT_BYTES; index++) {
    const byte = payload[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      // odd numbers are negative ones
      if (value % 2 !== 0 || value > 2 * Number.MAX_SAFE_INTEGER) return undefined;
      return { deadlineEpochMs: value / 2, suffixOffset: index + 1 };
    }
    scale *= 0x80;
  }
  return undefined;
}
