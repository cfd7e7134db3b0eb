import { CodecError } from "../error.ts";
import { badOption } from "../option-check.ts";
import { checkFrame } from "./zstd-frame.ts";

type Zlib = typeof import("node:zlib");
type ZstdOptions = import("node:zlib").ZstdOptions;

/** Larger windows are refused before memory is allocated for them (docs/fory.md, "Compression"). */
const maxWindowLog = 24;

/** The range of zstd's levels. */
const minLevel = -131_072;
const maxLevel = 22;

/** More output in one step needs fewer turns of the event loop. */
const chunkBytes = 256 * 1024;

/**
 * Compresses bytes into one zstd frame with its content size, without checksum and dictionary.
 * `level` is zstd's level, default: 3.
 *
 * Throws {@link CodecError}: `option` for a bad level, `type` if the platform has no zstd. Node has
 * it from 22.15 on.
 */
export function compressPayload(bytes: Uint8Array, level = 3): Uint8Array {
  const { zstdCompressSync } = zlib("zstdCompressSync");
  return plain(zstdCompressSync(bytes, frameOptions(bytes, level)));
}

/**
 * Like {@link compressPayload}, on a thread of Node's pool. The bytes must not change before the
 * promise is settled. Throws at once for a bad level and without zstd.
 */
export function compressInBackground(bytes: Uint8Array, level = 3): Promise<Uint8Array> {
  const { zstdCompress } = zlib("zstdCompress");
  const options = { ...frameOptions(bytes, level), chunkSize: chunkBytes };
  return new Promise((resolve, reject) => {
    zstdCompress(bytes, options, (error, compressed) => {
      if (error === null) resolve(plain(compressed));
      else reject(error);
    });
  });
}

function frameOptions(bytes: Uint8Array, level: number): ZstdOptions {
  if (!Number.isInteger(level) || level < minLevel || level > maxLevel) {
    throw badOption("level", `an integer from ${minLevel} to ${maxLevel}`, level);
  }
  const { ZSTD_c_compressionLevel } = zlib("zstdCompressSync").constants;
  return { params: { [ZSTD_c_compressionLevel]: level }, pledgedSrcSize: bytes.length };
}

/**
 * Inflates exactly one zstd frame to at most `maxBytes`. The limit holds while inflating, whatever
 * size the frame declares.
 *
 * Throws {@link CodecError}: `limit` if the output or the window is too large, `data` for anything
 * other than one whole frame without a dictionary, `type` if the platform has no zstd.
 */
export function decompressPayload(bytes: Uint8Array, maxBytes: number): Uint8Array {
  checkFrame(bytes, { maxBytes, maxWindowLog });
  const { constants, zstdDecompressSync } = zlib("zstdDecompressSync");
  let inflated: Uint8Array;
  try {
    inflated = plain(
      zstdDecompressSync(bytes, {
        maxOutputLength: Math.max(maxBytes, 1),
        params: { [constants.ZSTD_d_windowLogMax]: maxWindowLog },
      }),
    );
  } catch (reason) {
    const code: unknown = reason instanceof Error && "code" in reason ? reason.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new CodecError("limit", `decompressed payload exceeds limit of ${maxBytes}`);
    }
    throw new CodecError("data", "the compressed payload is broken", { cause: reason });
  }
  if (inflated.length <= maxBytes) return inflated;
  throw new CodecError("limit", `decompressed payload exceeds limit of ${maxBytes}`);
}

/** Returns `false` on platforms without zstd, such as browsers and Node before 22.15. */
export function canCompress(): boolean {
  return "zstdCompressSync" in (builtin() ?? {});
}

/**
 * Returns Node's zlib. It is looked up at run time, not imported, so that bundles for browsers need
 * no replacement for it.
 */
function builtin(): Zlib | undefined {
  return globalThis.process?.getBuiltinModule?.("node:zlib");
}

function zlib(needed: "zstdCompress" | "zstdCompressSync" | "zstdDecompressSync"): Zlib {
  const found = builtin();
  if (found && needed in found) return found;
  throw new CodecError(
    "type",
    "this platform has no zstd; use Node 22.15 or newer, or turn compression off at the peer",
  );
}

function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
