import { type CodecLimits, defaultLimits } from "../limits.ts";
import { nestedTypes } from "../schema/nested-types.ts";
import { defaultScope, type TypeScope } from "../schema/type-scope.ts";
import type { MakeTypeCodec, TypeCodec } from "../type-codec.ts";
import { NativeMessages } from "./native-messages.ts";
import { extsByTag } from "./types/ext-types.ts";
import { bindExt, rootNative, structsByClass, structsByTag } from "./types/native-types.ts";
import { anyNative } from "./types/scalar-op.ts";

export interface NativeCodecOptions {
  /** Bounds other than {@link defaultLimits}. */
  readonly limits?: Partial<CodecLimits>;
  /** Whose classes travel as instances; the types of the whole process unless given. */
  readonly scope?: TypeScope;
}

/**
 * Any JavaScript value to another JavaScript program, without a schema: all that `structuredClone` takes,
 * with shared and cyclic references (docs/fory.md, "Native"). What it decodes has no known type.
 */
export interface NativeCodec extends Omit<TypeCodec<unknown>, "encodeShared"> {
  readonly limits: CodecLimits;
}

/** Makes a codec for values without a declared type. It holds no resources. */
export function nativeCodec(options: NativeCodecOptions = {}): NativeCodec {
  const limits: CodecLimits = Object.freeze({ ...defaultLimits, ...options.limits });
  const scope = options.scope ?? defaultScope;
  const messages = new NativeMessages({
    root: "value",
    op: anyNative,
    limits,
    structOf: structsByClass(scope),
    structNamed: structsByTag(scope, []),
    extNamed: extsByTag(scope, bindExt),
  });
  return {
    limits,
    encode: (value) => messages.encode(value),
    encodeInto: (value, buffer, offset) => messages.encodeInto(value, buffer, offset),
    decode: (bytes) => messages.decode(bytes),
  };
}

/** Codecs of wire types in NATIVE: what is decoded has been checked against its type. */
export function nativeTypes(limits: CodecLimits): MakeTypeCodec {
  return (root) =>
    new NativeMessages({
      root: root.label,
      op: rootNative(root),
      limits,
      structOf: structsByClass(root.scope),
      structNamed: structsByTag(root.scope, nestedTypes(root.type)),
      extNamed: extsByTag(root.scope, bindExt, root.type),
    });
}
