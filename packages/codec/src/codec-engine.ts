import { copyInto } from "./bytes/byte-writer.ts";
import { CodecError } from "./error.ts";
import { asFailure } from "./failure.ts";
import type { CodecLimits } from "./limits.ts";
import { checkMessageSize } from "./limits.ts";
import { badOption } from "./option-check.ts";
import type { Root } from "./schema/root.ts";
import type { WireTypeInfo } from "./schema/wire-type-info.ts";
import type { TypeCodec } from "./type-codec.ts";

import type { ProfileChoice } from "./xlang/profiles.ts";

/** What an engine is asked for. */
export interface EngineOptions {
  readonly profile: ProfileChoice;
  readonly limits: CodecLimits;
}

/** The functions of one type. Whatever they throw reaches the caller as a {@link CodecError}. */
export interface EngineCodec {
  /** Bytes that the caller owns. */
  encode(value: unknown): Uint8Array;
  /** A value without views into the bytes. */
  decode(bytes: Uint8Array): unknown;
}

/** Another implementation of Fory, in place of this package's own. */
export interface CodecEngine {
  /** For error texts. */
  readonly id: string;
  /** Those that it writes. */
  readonly profiles: readonly ProfileChoice[];
  /** Called once per type. Throws {@link CodecError} `schema` for a type that it has no form for. */
  create(info: WireTypeInfo, options: EngineOptions): EngineCodec;
}

/** Codecs of types by another engine. Throws {@link CodecError} `type` where it does not write the profile. */
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
