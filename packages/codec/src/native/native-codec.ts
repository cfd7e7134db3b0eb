import { MessageCodec } from "../bytes/message-codec.ts";
import { Readers } from "../bytes/readers.ts";
import { Writers } from "../bytes/writers.ts";
import type { CodecLimitOptions, CodecLimits } from "../limits.ts";
import { checkScope, limitsOf } from "../option-check.ts";
import { keepsReferences, nestedTypes } from "../schema/nested-types.ts";
import { defaultScope, type TypeScope } from "../schema/type-scope.ts";
import type { MakeTypeCodec, TypeCodec } from "../type-codec.ts";
import { NativeFormat, type NativeRoot } from "./native-format.ts";
import { NativeReader } from "./reading/native-reader.ts";
import { extsByTag } from "./types/ext-types.ts";
import { bindExt, rootNative, structsByClass, structsByTag } from "./types/native-types.ts";
import { anyNative } from "./types/scalar-op.ts";
import { NativeWriter } from "./writing/native-writer.ts";

// The entrance to NATIVE, the format between JavaScript programs: `nativeCodec` for values without
// a declared type, `nativeTypes` for the wire types of `createCodec({ mode: "native" })`.

export interface NativeCodecOptions {
  /** Limits other than `defaultLimits`. */
  readonly limits?: CodecLimitOptions | undefined;
  /** The scope whose classes are sent as instances. Default: the types of the whole process. */
  readonly scope?: TypeScope | undefined;
}

/**
 * Encodes any JavaScript value for another JavaScript program, without a schema: everything that
 * `structuredClone` takes, with shared and cyclic references (docs/fory.md, "Native"). Decoded
 * values have no known type.
 */
export interface NativeCodec extends Omit<TypeCodec<unknown>, "encodeShared"> {
  readonly limits: CodecLimits;
}

/** Makes a codec for values without a declared type. It holds no resources. */
export function nativeCodec(options: NativeCodecOptions = {}): NativeCodec {
  const limits = limitsOf(options.limits);
  checkScope(options.scope);
  const scope = options.scope ?? defaultScope;
  const messages = messagesOf({
    root: "value",
    op: anyNative,
    limits,
    keeps: "all",
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

/** Makes codecs of wire types in NATIVE. They check decoded values against their types. */
export function nativeTypes(limits: CodecLimits): MakeTypeCodec {
  return (root) =>
    messagesOf({
      root: root.label,
      op: rootNative(root),
      limits,
      keeps: () => root.ref || keepsReferences(nestedTypes(root.type)),
      structOf: structsByClass(root.scope),
      structNamed: structsByTag(root.scope, nestedTypes(root.type)),
      extNamed: extsByTag(root.scope, bindExt, root.type),
    });
}

// shared by all codecs: a message leaves the buffer before the next one is written
const writers = new Writers((bytes, options) => new NativeWriter(bytes, options));
const readers = new Readers((bytes) => new NativeReader(bytes));

function messagesOf(root: NativeRoot): TypeCodec<unknown> {
  return new MessageCodec(new NativeFormat(root), writers, readers);
}
