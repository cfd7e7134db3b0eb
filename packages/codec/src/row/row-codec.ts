import type { z } from "zod";
import { copyInto } from "../bytes/byte-writer.ts";
import { CodecError } from "../error.ts";
import { asFailure } from "../failure.ts";
import type { CodecLimitOptions, CodecLimits } from "../limits.ts";
import { limitsOf } from "../option-check.ts";
import type { WireType, WireTypeInfo } from "../schema/wire-type-info.ts";
import { wireTypeInfo } from "../schema/zod/wire-type-mark.ts";
import { planRow } from "./row-plan.ts";
import { openRow } from "./row-source.ts";
import type { RowView } from "./row-view.ts";
import { RowWriter } from "./row-writer.ts";
import { checkRowSchema } from "./schema/compare-schema.ts";
import { encodeRowSchema } from "./schema/encode-schema.ts";
import { parseRowSchema } from "./schema/parse-schema.ts";
import type { RowSchema } from "./schema/row-schema.ts";
import type { Shape } from "./shape.ts";
import { readStruct, schemaFields, viewStruct, writeStruct } from "./values/struct-op.ts";

// The entrance to rows. A row is not decoded as a whole: every field has a slot at a fixed place,
// so that a view reads single fields. `row-plan.ts` derives the shape of a type's rows once;
// `RowWriter` writes rows by that shape and `RowSource` reads their untrusted bytes.

export interface RowOptions {
  /**
   * Limits other than `defaultLimits`. `depth` is the maximum number of levels of the type.
   */
  readonly limits?: CodecLimitOptions | undefined;
}

/**
 * Encodes and decodes rows of one wire type in Fory's standard row format (docs/fory.md, "Rows").
 * It holds no resources.
 */
export interface RowCodec<Out, In = Out> {
  readonly type: WireTypeInfo;
  readonly schema: RowSchema;
  /** Returns a row that the caller owns. Throws `CodecError`, usually `value`. */
  encode(value: In): Uint8Array;
  /**
   * Writes a row at `offset` and returns its size, a multiple of 8. Throws `CodecError`
   * `space` if it does not fit; the buffer is then unchanged.
   */
  encodeInto(value: In, buffer: Uint8Array, offset: number): number;
  /**
   * Returns a view of a row. The view reads nothing yet and refers to the bytes: they must not
   * change while it is used. Throws `CodecError` `data` for bytes that cannot be a row.
   */
  view(bytes: Uint8Array): RowView<Out>;
  /**
   * Returns the value of a row. It holds no views into `bytes`. Throws `CodecError`, usually
   * `data`.
   */
  decode(bytes: Uint8Array): Out;
  /** Returns a copy of the schema, which readers need before the first row. */
  schemaBytes(): Uint8Array;
  /**
   * Compares the schema at the beginning of a stream with this one. Throws `CodecError`
   * `mismatch`, or the errors of {@link parseRowSchema}.
   */
  checkSchema(bytes: Uint8Array): void;
}

/**
 * Makes the codec for rows of a wire type.
 *
 * Throws `CodecError`: `option` for a bad option, `type` for anything other than a wire type,
 * and `schema` with the path of a field without a form in rows: unions, values of any type,
 * decimals, unsigned 64-bit integers, recursive types.
 */
export function rowCodec<S extends WireType>(
  type: S,
  options: RowOptions = {},
): RowCodec<z.output<S>, z.input<S>> {
  const limits = limitsOf(options.limits);
  const info = wireTypeInfo(type);
  if (!info) {
    throw new CodecError("type", "not a wire type: define the schema with wireType(tag, shape)");
  }
  return new TypedRows(info, limits) as RowCodec<unknown> as RowCodec<z.output<S>, z.input<S>>;
}

/** After a larger row the scratch buffer is dropped. */
const keptBytes = 1024 * 1024;

/** The writer of all codecs: a row is copied out of it before the next is made. */
let spare: RowWriter | undefined = new RowWriter();

class TypedRows implements RowCodec<unknown> {
  readonly type: WireTypeInfo;
  readonly schema: RowSchema;
  readonly #limits: CodecLimits;
  readonly #shape: Shape;
  readonly #schemaBytes: Uint8Array;

  constructor(info: WireTypeInfo, limits: CodecLimits) {
    this.type = info;
    this.#limits = limits;
    this.#shape = planRow(info, limits.depth);
    this.schema = Object.freeze({ fields: schemaFields(this.#shape) });
    this.#schemaBytes = encodeRowSchema(this.schema);
  }

  encode(value: unknown): Uint8Array {
    return this.#write(value, (row) => row.slice());
  }

  encodeInto(value: unknown, buffer: Uint8Array, offset: number): number {
    return this.#write(value, (row) => copyInto(row, buffer, offset, this.type.tag));
  }

  view(bytes: Uint8Array): RowView<unknown> {
    return openRow(bytes, this.#limits, this.type.tag, (source, span) =>
      viewStruct(source, span, this.#shape, this.type.tag),
    );
  }

  decode(bytes: Uint8Array): unknown {
    return openRow(bytes, this.#limits, this.type.tag, (source, span) =>
      readStruct(source, span, this.#shape),
    );
  }

  schemaBytes(): Uint8Array {
    return this.#schemaBytes.slice();
  }

  checkSchema(bytes: Uint8Array): void {
    checkRowSchema(this.schema, parseRowSchema(bytes), this.type.tag);
  }

  /** Nested encoding, in a getter of the value, gets a writer of its own. */
  #write<T>(value: unknown, use: (row: Uint8Array) => T): T {
    const w = spare ?? new RowWriter();
    spare = undefined;
    try {
      w.pos = 0;
      w.maxBytes = this.#limits.messageBytes;
      this.#writeRoot(w, value);
      return use(w.bytes.subarray(0, w.pos));
    } finally {
      spare = w.bytes.length > keptBytes ? new RowWriter() : w;
    }
  }

  #writeRoot(w: RowWriter, value: unknown): void {
    try {
      writeStruct(w, this.#shape, value);
    } catch (reason) {
      throw asFailure(reason).toError(this.type.tag);
    }
  }
}
