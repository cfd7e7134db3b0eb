import { CodecError } from "../error.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import type { Root } from "../schema/root.ts";
import type { MakeTypeCodec, TypeCodec } from "../type-codec.ts";
import { type JsonElement, readElement, writeElement } from "./json-containers.ts";
import { placeOf } from "./json-place.ts";
import { JsonTypes } from "./json-struct.ts";
import { parseJson } from "./json-text.ts";

const encoder = new TextEncoder();

/** Codecs of types in JSON. */
export function jsonTypes(limits: CodecLimits): MakeTypeCodec {
  const types = new JsonTypes(limits.depth);
  return (root) => new JsonTypeCodec(root, limits, types.element(root, root.scope));
}

class JsonTypeCodec implements TypeCodec<unknown> {
  readonly #root: Root;
  readonly #limits: CodecLimits;
  readonly #element: JsonElement;

  constructor(root: Root, limits: CodecLimits, element: JsonElement) {
    this.#root = root;
    this.#limits = limits;
    this.#element = element;
  }

  encode(value: unknown): Uint8Array {
    try {
      const given = value === undefined && this.#root.default ? this.#root.default() : value;
      const bytes = encoder.encode(writeElement(given, this.#element, 0));
      const { messageBytes } = this.#limits;
      if (bytes.length <= messageBytes) return bytes;
      throw fail("limit", `the message of ${bytes.length} bytes is larger than ${messageBytes}`);
    } catch (reason) {
      throw asFailure(reason).toError(this.#root.label);
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
        `${this.#root.label}: ${encoded.length} bytes do not fit into a buffer of ${buffer.length} at ${offset}`,
      );
    }
    buffer.set(encoded, offset);
    return encoded.length;
  }

  decode(bytes: Uint8Array): unknown {
    if (!(bytes instanceof Uint8Array)) {
      throw new CodecError("type", `expected bytes (Uint8Array) to decode, got ${kindOf(bytes)}`);
    }
    const { label, info } = this.#root;
    let json: unknown;
    try {
      json = parseJson(bytes, this.#limits);
    } catch (reason) {
      throw asFailure(reason).toError(label);
    }
    try {
      return readElement(json, this.#element, 0);
    } catch (reason) {
      const failure = asFailure(reason);
      // the wheel calls the root by its name alone
      throw failure.toError(label, placeOf(bytes, failure.steps), info?.name);
    }
  }
}
