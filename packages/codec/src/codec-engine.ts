import { copyInto } from "./bytes/byte-writer.ts";
import { CodecError } from "./error.ts";
import { asFailure } from "./failure.ts";
import { type CodecLimits, checkMessageSize } from "./limits.ts";
import { badOption } from "./option-check.ts";
import type { Root } from "./schema/root.ts";
import type { WireTypeInfo } from "./schema/wire-type-info.ts";
import type { TypeCodec } from "./type-codec.ts";
import type { ProfileChoice } from "./xlang/profiles.ts";

/** The options of a codec that concern an engine. */
export interface EngineOptions {
  readonly profile: ProfileChoice;
  readonly limits: CodecLimits;
}

/** The functions of one type. The caller sees whatever they throw as a {@link CodecError}. */
export interface EngineCodec {
  /** Returns bytes that the caller owns. */
  encode(value: unknown): Uint8Array;
  /** Returns a value without views into the bytes. */
  decode(bytes: Uint8Array): unknown;
}

/** Another implementation of Fory, to use instead of this package's own. */
export interface CodecEngine {
  /** The name of the engine in error texts. */
  readonly id: string;
  /** The profiles that the engine writes. */
  readonly profiles: readonly ProfileChoice[];
  /**
   * Makes the codec of a type. Called once per type. Throws {@link CodecError} `schema` for a type
   * that the engine does not support.
   */
  create(info: WireTypeInfo, options: EngineOptions): EngineCodec;
}

/**
 * Makes codecs of types with another engine. Throws {@link CodecError} `option` if the engine does
 * not write the profile.
 */
export function engineTypes(
  engine: CodecEngine,
  options: EngineOptions,
): (root: Root) => TypeCodec<unknown> {
  if (!engine.profiles.includes(options.profile)) {
    const profiles = engine.profiles.map((profile) => `"${profile}"`).join(" or ");
    throw badOption("profile", `${profiles} for the engine ${engine.id}`, options.profile);
  }
  return ({ info, label }) => {
    if (!info) {
      throw new CodecError("schema", `${label}: the engine ${engine.id} takes wire types only`);
    }
    const codec = engine.create(info, options);
    const encode = (value: unknown): Uint8Array => {
      const bytes = guarded("value", engine, info, () => codec.encode(value));
      checkSize(bytes, info, options);
      return bytes;
    };
    return {
      encode,
      encodeShared: encode,
      encodeInto(value, buffer, offset) {
        return copyInto(encode(value), buffer, offset, info.tag);
      },
      decode(bytes) {
        checkSize(bytes, info, options);
        return guarded("data", engine, info, () => codec.decode(bytes));
      },
    };
  };
}

function checkSize(bytes: Uint8Array, { tag }: WireTypeInfo, { limits }: EngineOptions): void {
  try {
    checkMessageSize(bytes.length, limits);
  } catch (reason) {
    throw asFailure(reason).toError(tag);
  }
}

function guarded<T>(
  code: "value" | "data",
  engine: CodecEngine,
  { tag }: WireTypeInfo,
  run: () => T,
): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof CodecError) throw cause;
    throw new CodecError(code, `${tag}: the engine ${engine.id} failed`, { cause, path: tag });
  }
}
