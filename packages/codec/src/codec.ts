import type { z } from "zod";
import { type CodecEngine, engineTypes } from "./codec-engine.ts";
import { jsonTypes } from "./json/json-codec.ts";
import type { CodecLimitOptions, CodecLimits } from "./limits.ts";
import { nativeTypes } from "./native/native-codec.ts";
import { badOption, checkBoolean, checkChoice, checkScope, limitsOf } from "./option-check.ts";
import { rootOf } from "./schema/root.ts";
import type { TypeScope } from "./schema/type-scope.ts";
import type { MakeTypeCodec, TypeCodec } from "./type-codec.ts";
import type { ProfileChoice, WireProfile } from "./xlang/profiles.ts";
import { type EngineChoice, xlangTypes } from "./xlang/xlang-codec.ts";

// `createCodec` is the entrance for wire types in all modes. A codec keeps one `TypeCodec` for each
// schema it has seen; those come from the mode's own entrance: xlang/xlang-codec.ts,
// native/native-codec.ts or json/json-codec.ts. Rows have an entrance of their own,
// row/row-codec.ts.

/**
 * The form of messages: `xlang` is Fory's cross-language format (docs/fory.md), `native` a format
 * between JavaScript programs (docs/fory.md, "Native"), `json` is JSON (docs/fory.md, "JSON").
 */
export type CodecMode = "xlang" | "native" | "json";

export interface CodecOptions {
  /**
   * Types to prepare at once. `createCodec` then refuses those that have no form in the mode,
   * instead of the first message. The codec accepts other types too.
   */
  readonly types?: readonly z.core.$ZodType[] | undefined;
  /** Default: `xlang`. */
  readonly mode?: CodecMode | undefined;
  /** Limits other than `defaultLimits`. */
  readonly limits?: CodecLimitOptions | undefined;
  /**
   * The engine of `xlang`. Default: `auto`, which generates code on platforms that allow it and
   * composes closures elsewhere (a browser with a strict CSP). Both write and accept the same
   * bytes. An object is another implementation of Fory.
   */
  readonly engine?: EngineChoice | CodecEngine | undefined;
  /** The generation of Fory in which `xlang` messages are written. Default: `A`. Both are read. */
  readonly profile?: ProfileChoice | undefined;
  /**
   * True if messages of profile B define their types, so that types may change on either side.
   * Otherwise both sides compare a hash (docs/fory.md, "Profile B without definitions"). Default:
   * true.
   */
  readonly compatible?: boolean | undefined;
  /**
   * True if messages keep references: Fory calls that `ref=True`. In profile A and without
   * definitions the peer must have set it too. Default: profile B keeps references for types that
   * ask for them, profile A never does.
   */
  readonly refs?: boolean | undefined;
  /**
   * True if numbers replace the names of types and fields in profile A too, as they do in B.
   * Default: false.
   */
  readonly ids?: boolean | undefined;
  /**
   * The scope in which values of any type find their types, in messages whose root is not a wire
   * type. Default: the types of the whole process.
   */
  readonly scope?: TypeScope | undefined;
  /**
   * True if decoded bytes and typed arrays are views of the message, where alignment allows,
   * instead of copies. For messages that the reader keeps and nothing writes to again
   * (docs/fory.md, "Views"). Only for mode `xlang` and this package's own engines. Calls of
   * `@aster/rpc` never make views, as their buffers are reused. Default: false.
   */
  readonly views?: boolean | undefined;
}

/** Encodes and decodes wire types in one mode. It stays usable after any error. */
export interface Codec {
  readonly mode: CodecMode;
  readonly limits: CodecLimits;
  /**
   * Returns the codec of a type: the same object for the same schema. A wire type, or any schema
   * that a field of one may have. Throws `CodecError` `type` or `schema`.
   */
  type<S extends z.core.$ZodType>(type: S): TypeCodec<z.output<S>, z.input<S>>;
  encode<S extends z.core.$ZodType>(type: S, value: z.input<S>): Uint8Array;
  encodeInto<S extends z.core.$ZodType>(
    type: S,
    value: z.input<S>,
    buffer: Uint8Array,
    offset: number,
  ): number;
  decode<S extends z.core.$ZodType>(type: S, bytes: Uint8Array): z.output<S>;
}

/**
 * Makes a codec for one mode. It holds no resources.
 *
 * Throws `CodecError`: `option` for a bad option, `schema` or `type` for one of `types`.
 */
export function createCodec(options: CodecOptions = {}): Codec {
  checkOptions(options);
  const limits = limitsOf(options.limits);
  const mode = options.mode ?? "xlang";
  const make = typesOf(mode, limits, options);
  const bound = new WeakMap<z.core.$ZodType, TypeCodec<unknown>>();

  function type<S extends z.core.$ZodType>(schema: S): TypeCodec<z.output<S>, z.input<S>> {
    let codec = bound.get(schema);
    if (!codec) {
      codec = make(rootOf(schema, options.scope));
      bound.set(schema, codec);
    }
    return codec as TypeCodec<z.output<S>, z.input<S>>;
  }

  for (const schema of options.types ?? []) type(schema);

  return {
    mode,
    limits,
    type,
    encode: (schema, value) => type(schema).encode(value),
    encodeInto: (schema, value, buffer, offset) => type(schema).encodeInto(value, buffer, offset),
    decode: (schema, bytes) => type(schema).decode(bytes),
  };
}

function checkOptions(options: CodecOptions): void {
  const { mode = "xlang", engine, profile, types } = options;
  checkChoice("mode", mode, ["xlang", "native", "json"]);
  if (typeof engine !== "object") {
    checkChoice("engine", engine, ["auto", "generated", "closures"]);
  }
  checkChoice("profile", profile, ["A", "B"]);
  for (const name of ["compatible", "refs", "ids", "views"] as const) {
    checkBoolean(name, options[name]);
  }
  checkScope(options.scope);
  if (types !== undefined && !Array.isArray(types)) throw badOption("types", "an array", types);
  if (options.views && mode !== "xlang") {
    throw badOption("views", `false in mode "${mode}"`, true, 'only mode "xlang" makes views');
  }
  if (options.views && typeof engine === "object") {
    throw badOption("views", "false with an engine of another package", true);
  }
  if (options.compatible && mode === "xlang" && profile !== "B") {
    throw badOption("compatible", 'false in profile "A"', true, 'use profile "B"');
  }
}

function typesOf(mode: CodecMode, limits: CodecLimits, options: CodecOptions): MakeTypeCodec {
  switch (mode) {
    case "json":
      return jsonTypes(limits);
    case "native":
      return nativeTypes(limits);
    default: {
      const { engine = "auto", views = false } = options;
      const profile = wireProfile(options);
      return typeof engine === "object"
        ? engineTypes(engine, { limits, profile: profile.profile })
        : xlangTypes(engine, profile, { limits, views });
    }
  }
}

function wireProfile(options: CodecOptions): WireProfile {
  const { profile = "A", compatible = profile === "B", refs, ids = false } = options;
  return { profile, compatible, refs, ids };
}
