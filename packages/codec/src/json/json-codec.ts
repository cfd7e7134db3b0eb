import { checkBytes } from "../bytes/byte-reader.ts";
import { copyInto } from "../bytes/byte-writer.ts";
import { asFailure } from "../failure.ts";
import { type CodecLimits, checkMessageSize } from "../limits.ts";
import type { Root } from "../schema/root.ts";
import type { MakeTypeCodec, TypeCodec } from "../type-codec.ts";
import { type JsonElement, readElement, writeElement } from "./json-containers.ts";
import { placeOf } from "./json-place.ts";
import { JsonTypes } from "./json-struct.ts";
import { type ParsedJson, parseJson } from "./json-text.ts";
import type { JsonWork } from "./json-work.ts";

const encoder = new TextEncoder();

// The entrance to JSON: `createCodec` calls `jsonTypes` once per codec. Decoding parses the whole
// text, then the ops of the types convert it. The place of an error in the text is searched only
// afterwards.

/** Makes codecs of types in JSON. */
export function jsonTypes(limits: CodecLimits): MakeTypeCodec {
  const types = new JsonTypes(limits.depth);
  return (root) => new JsonTypeCodec(root, limits, types.element(root, root.scope), types.work);
}

class JsonTypeCodec implements TypeCodec<unknown> {
  readonly #root: Root;
  readonly #limits: CodecLimits;
  readonly #element: JsonElement;
  readonly #work: JsonWork;

  constructor(root: Root, limits: CodecLimits, element: JsonElement, work: JsonWork) {
    this.#root = root;
    this.#limits = limits;
    this.#element = element;
    this.#work = work;
  }

  encode(value: unknown): Uint8Array {
    try {
      const given = value === undefined && this.#root.default ? this.#root.default() : value;
      const bytes = encoder.encode(writeElement(given, this.#element, 0));
      checkMessageSize(bytes.length, this.#limits);
      return bytes;
    } catch (reason) {
      throw asFailure(reason).toError(this.#root.label);
    }
  }

  encodeShared(value: unknown): Uint8Array {
    return this.encode(value);
  }

  encodeInto(value: unknown, buffer: Uint8Array, offset: number): number {
    return copyInto(this.encode(value), buffer, offset, this.#root.label);
  }

  decode(bytes: Uint8Array): unknown {
    checkBytes(bytes);
    const { label, info } = this.#root;
    let parsed: ParsedJson;
    try {
      parsed = parseJson(bytes, this.#limits);
    } catch (reason) {
      throw asFailure(reason).toError(label);
    }
    const work = this.#work;
    // a default or a setter of a class may decode as well
    const { left } = work;
    work.left = parsed.left;
    try {
      return readElement(parsed.value, this.#element, 0);
    } catch (reason) {
      const failure = asFailure(reason);
      // the Python package names the root without its namespace
      throw failure.toError(label, placeOf(bytes, failure.steps), info?.name);
    } finally {
      work.left = left;
    }
  }
}
