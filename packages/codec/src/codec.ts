import type { z } from "zod";
import { type CodecEngine, engineTypes } from "./codec-engine.ts";
import { CodecError } from "./error.ts";
import { jsonTypes } from "./json/json-codec.ts";
import { type CodecLimits, defaultLimits } from "./limits.ts";
import { nativeTypes } from "./native/native-codec.ts";
import { rootOf } from "./schema/root.ts";
import type { TypeScope } from "./schema/type-scope.ts";
import type { MakeTypeCodec, TypeCodec } from "./type-codec.ts";
import type { ProfileChoice, WireProfile } from "./xlang/profiles.ts";
import { type EngineChoice, xlangTypes } from "./xlang/xlang-codec.ts";

/**
 * `xlang` is Fory's cross-language form (docs/fory.md), `native` the one between JavaScript programs
 * (docs/fory.md, "Native"), `json` the readable one (docs/fory.md, "JSON").
 */
export type CodecMode = "xlang" | "native" | "json";

export interface CodecOptions {
  /**
   * Types to get ready at once: what has no form in the mode is refused by `createCodec`, not with the first message.
   * Others can be used all the same.
   */
  readonly types?: readonly z.core.$ZodType[];
  /** `xlang` unless given. */
  readonly mode?: CodecMode;
  /** Bounds other than {@link defaultLimits}. */
  readonly limits?: Partial<CodecLimits>;
  /**
   * Generated code where the platform allows it, closures elsewhere (a browser under a strict CSP).
   * Both write and accept the same bytes. Or another implementation of `xlang`.
   */
  readonly engine?: EngineChoice | CodecEngine;
  /** The generation of Fory that `xlang` messages are written in, `A` unless given; both are read. */
  readonly profile?: ProfileChoice;
  /**
   * Whether messages of profile B define their types, so that they may change on either side: true unless given.
   * Without that both sides compare a hash (docs/fory.md, "Profile B without definitions").
   */
  readonly compatible?: boolean;
  /**
   * Whether messages keep references. Unless given, profile B does where a type asks, and profile A never:
   * `true` is what Fory calls `ref=True`, and the peer must have set it too in profile A and without definitions.
   */
  readonly refs?: boolean;
  /** Whether numbers stand for the names of types and fields in profile A too, as they do in B. Off unless given. */
  readonly ids?: boolean;
  /** Where values of any type find their types in a message that is no wire type; the process unless given. */
  readonly scope?: TypeScope;
  /**
   * Decoded bytes and typed arrays are views of the message where alignment allows, in place of copies: for
   * messages that their reader keeps and nobody writes to again (docs/fory.md, "Views"). `xlang` by this package's own
   * engines only. Off unless given; calls of `@aster/rpc` never make views, as their buffers are used again.
   */
  readonly views?: boolean;
}

/** Encodes and decodes wire types in one mode. Usable again after any error. */
export interface Codec {
  readonly mode: CodecMode;
  readonly limits: CodecLimits;
  /**
   * Binds a type, once: the same object comes back for the same schema. A wire type, or whatever a field of one may
   * be. Throws {@link CodecError} `type` or `schema`.
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

/** A codec for one mode. It holds no resources. Throws {@link CodecError} `schema` or `type` for one of `types`. */
export function createCodec(options: CodecOptions = {}): Codec {
  const mode = options.mode ?? "xlang";
  const limits: CodecLimits = Object.freeze({ ...defaultLimits, ...options.limits });
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

function typesOf(mode: CodecMode, limits: CodecLimits, options: CodecOptions): MakeTypeCodec {
  const { views = false } = options;
  if (views && (mode !== "xlang" || typeof options.engine === "object")) {
    throw new CodecError(
      "type",
      `views are made in mode "xlang" and by this package's own engines only: leave out views`,
    );
  }
  switch (mode) {
    case "json":
      return jsonTypes(limits);
    case "native":
      return nativeTypes(limits);
    default: {
      const { engine = "auto" } = options;
      const profile = wireProfile(options);
      return typeof engine === "object"
        ? engineTypes(engine, { limits, profile: profile.profile })
        : xlangTypes(engine, profile, { limits, views });
    }
  }
}

function wireProfile(options: CodecOptions): WireProfile {
  const { profile = "A", compatible = profile === "B", refs, ids = false } = options;
  if (profile === "A" && compatible) {
    throw new CodecError(
      "type",
      'profile A is written without definitions: leave out compatible, or take profile "B"',
    );
  }
  return { profile, compatible, refs, ids };
}
