import type { Metadata } from "../metadata.ts";
import {
  type CallHeader,
  callHeaderCodecs,
  headerCodecs,
  type ProtocolForm,
  type StreamHeader,
} from "./structs.ts";

const MAX_VARINT_BYTES = 10;
const MAX_DECIMAL_BYTES = 20;
const ZERO = 0x30;

/** The fields that differ from call to call. */
type CallFields = Pick<
  StreamHeader,
  "callId" | "deadlineEpochMs" | "metadataKeys" | "metadataValues"
>;

/**
 * The header of one method, for all its calls.
 *
 * Without metadata only the deadline differs from call to call, so the rest is encoded once. The
 * bytes lie in memory of their own: later headers and messages do not overwrite them. Calls with
 * the same deadline share them.
 */
export class HeaderTemplate {
  readonly #form: ProtocolForm;
  readonly #encode: (fields: CallFields) => Uint8Array;
  readonly #prefix: Uint8Array;
  readonly #suffix: Uint8Array;
  #deadlineEpochMs = 0;
  #bytes: Uint8Array;

  private constructor(form: ProtocolForm, encode: (fields: CallFields) => Uint8Array) {
    this.#form = form;
    this.#encode = encode;
    const fields = { callId: "", metadataKeys: [], metadataValues: [] };
    const bytes = encode({ ...fields, deadlineEpochMs: 0 });
    const other = encode({ ...fields, deadlineEpochMs: 1 });
    const deadlineAt = bytes.findIndex((byte, index) => byte !== other[index]);
    this.#prefix = bytes.subarray(0, deadlineAt);
    this.#suffix = bytes.subarray(deadlineAt + 1);
    this.#bytes = bytes;
  }

  /** Headers of calls on streams of their own. */
  static ofStream(
    header: Omit<StreamHeader, keyof CallFields>,
    form: ProtocolForm,
  ): HeaderTemplate {
    return new HeaderTemplate(form, (fields) =>
      headerCodecs[form].encode({ ...header, ...fields }),
    );
  }

  /** Headers of calls inside a session. */
  static ofCall(header: Omit<CallHeader, keyof CallFields>, form: ProtocolForm): HeaderTemplate {
    const codec = callHeaderCodecs[form];
    return new HeaderTemplate(form, (fields) => codec.encode({ ...header, ...fields }));
  }

  /**
   * Returns the header of one call. The deadline is in Unix milliseconds; 0 for none. `callId` is
   * the id of a call that is logged.
   */
  bytes(deadlineEpochMs: number, metadata: Metadata, callId: string = ""): Uint8Array {
    if (metadata.size > 0 || callId !== "") {
      const metadataKeys = [...metadata.keys()];
      return this.#encode({
        callId,
        deadlineEpochMs,
        metadataKeys,
        metadataValues: [...metadata.values()],
      });
    }
    // calls of one turn of the event loop mostly share their deadline
    if (deadlineEpochMs !== this.#deadlineEpochMs) {
      this.#deadlineEpochMs = deadlineEpochMs;
      this.#bytes = this.#withDeadline(deadlineEpochMs);
    }
    return this.#bytes;
  }

  #withDeadline(deadlineEpochMs: number): Uint8Array {
    const start = this.#prefix.length;
    const bytes = new Uint8Array(start + MAX_DECIMAL_BYTES + this.#suffix.length);
    bytes.set(this.#prefix);
    const write = this.#form === "fory" ? writeVarint : writeDecimal;
    const end = write(bytes, start, deadlineEpochMs);
    bytes.set(this.#suffix, end);
    return bytes.subarray(0, end + this.#suffix.length);
  }
}

/** Zig-zag, so twice the non-negative number. Returns where it ends. */
function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let offset = start;
  let rest = value * 2;
  while (rest >= 0x80) {
    bytes[offset++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[offset++] = rest;
  return offset;
}

function writeDecimal(bytes: Uint8Array, start: number, value: number): number {
  let offset = start;
  for (const digit of String(value)) bytes[offset++] = ZERO + Number(digit);
  return offset;
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
  // the numbers of negative deadlines are odd; the sum below rounds large ones
  if (((payload[length] as number) & 1) !== 0) return undefined;
  let value = 0;
  let scale = 1;
  for (let index = length; index < length + MAX_VARINT_BYTES; index++) {
    const byte = payload[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (value > 2 * Number.MAX_SAFE_INTEGER) return undefined;
      return { deadlineEpochMs: value / 2, suffixOffset: index + 1 };
    }
    scale *= 0x80;
  }
  return undefined;
}
