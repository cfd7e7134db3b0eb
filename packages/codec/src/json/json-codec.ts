import type { MakeTypeCodec, TypeCodec } from "../codec.ts";
import { CodecError } from "../error.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import type { WireTypeInfo } from "../wire-type.ts";
import type { JsonOp } from "./json-op.ts";
import { JsonTypes } from "./json-struct.ts";
import { parseJson } from "./json-text.ts";

const encoder = new TextEncoder();

/** Codecs of types in JSON. */
export function jsonTypes(limits: CodecLimits): MakeTypeCodec {
  const types = new JsonTypes(limits.depth);
  return (info) => new JsonTypeCodec(info, limits, types.bind(info));
}

class JsonTypeCodec implements TypeCodec<unknown> {
  readonly #info: WireTypeInfo;
  readonly #limits: CodecLimits;
  readonly #op: JsonOp;

  constructor(info: WireTypeInfo, limits: CodecLimits, op: JsonOp) {
    this.#info = info;
    this.#limits = limits;
    this.#op = op;
  }

  encode(value: unknown): Uint8Array {
    try {
      const bytes = encoder.encode(this.#op.write(value, 1));
      const { messageBytes } = this.#limits;
      if (bytes.length <= messageBytes) return bytes;
      throw fail("limit", `the message of ${bytes.length} bytes is larger than ${messageBytes}`);
    } catch (reason) {
      throw asFailure(reason).toError(this.#info.name);
    }
  }

  encodeShared(value: unknown): Uint8Array {
    return this.encode(value);
  }

  encodeInto(value: unknown, buffer: Uint8Array, offset: number): number {
    const encoded = this.encode(value);
    if (!(offset >= 0 && encoded.length <= buffer.length - offset) || !Number.isInteger(offset)) {
      throw new CodecError(
        "space",
        `${this.#info.tag}: ${encoded.length} bytes do not fit into a buffer of ${buffer.length} at ${offset}`,
      );
    }
    buffer.set(encoded, offset);
    return encoded.length;
  }

  decode(bytes: Uint8Array): unknown {
    if (!(bytes instanceof Uint8Array)) {
      throw new CodecError("type", `expected bytes (Uint8Array) to decode, got ${kindOf(bytes)}`);
    }
    try {
      return this.#op.read(parseJson(bytes, this.#limits), 1);
    } catch (reason) {
      throw asFailure(reason).toError(this.#info.name);
    }
  }
}
