import type { MessageFormat } from "../bytes/message-codec.ts";
import { explainedBytes, unexplained } from "../codegen/source.ts";
import { CodecError } from "../error.ts";
import { asFailure, type Failure, fail } from "../failure.ts";
import { type CodecLimits, checkMessageSize } from "../limits.ts";
import { messageHead } from "./native-id.ts";
import { readNativeText } from "./native-text.ts";
import type { NativeReader } from "./reading/native-reader.ts";
import { checkDecoded } from "./types/check-decoded.ts";
import type { NativeOp } from "./types/checker.ts";
import type { ExtNamed } from "./types/ext-types.ts";
import type { StructNamed, StructOf } from "./types/native-types.ts";
import type { NativeWriter } from "./writing/native-writer.ts";
import { writeValues } from "./writing/write-values.ts";

/** The root of messages, and the types that values inside them may have. */
export interface NativeRoot {
  /** The first part of error paths. */
  readonly root: string;
  /** Writes and checks the value of the message. */
  readonly op: NativeOp;
  readonly limits: CodecLimits;
  /** The objects that may appear twice: all, or those for which this returns true. */
  readonly keeps: "all" | (() => boolean);
  readonly structOf: StructOf;
  readonly structNamed: StructNamed;
  readonly extNamed: ExtNamed;
}

/**
 * The messages of one type, or of any values, in NATIVE. A message is read without its type. The
 * decoded value is then checked against the type.
 */
export class NativeFormat implements MessageFormat<NativeWriter, NativeReader> {
  readonly root: string;
  readonly limits: CodecLimits;
  readonly onlyExact = false;
  readonly #of: NativeRoot;
  readonly #tracks: () => boolean;

  constructor(of: NativeRoot) {
    this.root = of.root;
    this.limits = of.limits;
    this.#of = of;
    const { keeps } = of;
    let tracks: boolean | undefined;
    this.#tracks = () => {
      tracks ??= keeps === "all" || keeps();
      return tracks;
    };
  }

  write(w: NativeWriter, value: unknown, offset: number, exact: boolean): void {
    const { limits, op, structOf, keeps } = this.#of;
    w.exact = exact;
    w.maxDepth = limits.depth;
    w.maxBytes = limits.messageBytes;
    w.structOf = structOf;
    w.keeps = keeps === "all";
    w.tracks = this.#tracks();
    writeValues(w, op, value, { start: messageHead, offset, depth: 1 });
  }

  finish(w: NativeWriter): void {
    w.clear();
    w.windows.clear();
  }

  failure(failure: Failure): Failure {
    return stackAsLimit(failure);
  }

  read(r: NativeReader, bytes: Uint8Array): unknown {
    const { op, root } = this.#of;
    let value: unknown;
    try {
      try {
        value = this.#read(r, bytes, false);
      } catch (failed) {
        if (bytes.length > explainedBytes) throw unexplained(failed);
        value = this.#read(r, bytes, true);
      }
    } catch (reason) {
      throw dataError(reason, root, r.pos);
    }
    try {
      r.exact = false;
      checkDecoded(r, op, value, this.#tracks);
      return value;
    } catch (reason) {
      if (bytes.length > explainedBytes) throw dataError(unexplained(reason), root, undefined);
      // checked again below, with an error that says where
    }
    try {
      r.exact = true;
      checkDecoded(r, op, value, this.#tracks);
      return value;
    } catch (reason) {
      throw dataError(reason, root, undefined);
    }
  }

  #read(r: NativeReader, bytes: Uint8Array, exact: boolean): unknown {
    const { limits, structNamed, extNamed, keeps } = this.#of;
    r.begin(bytes);
    r.maxDepth = limits.depth;
    r.graphBytes = limits.graphBytes;
    r.exact = exact;
    r.keeps = keeps === "all";
    r.structNamed = structNamed;
    r.extNamed = extNamed;
    checkMessageSize(r.end, limits);
    readHead(r);
    const value = r.value(1);
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left after the value`);
    return value;
  }
}

function readHead(r: NativeReader): void {
  const first = r.byte();
  if (first !== messageHead[0]) {
    const known = first >= 1 && first <= 3 ? "; it is a message in XLANG" : "";
    throw fail("data", `first byte ${first}: not a message in NATIVE, which begins with 0${known}`);
  }
  const version = r.byte();
  if (version !== messageHead[1]) {
    throw fail("data", `version ${version} of NATIVE: this side reads version ${messageHead[1]}`);
  }
  const language = readNativeText(r);
  if (language !== "js1") {
    throw fail(
      "data",
      `NATIVE of the language ${JSON.stringify(language.slice(0, 40))}: this side reads "js1" only; use XLANG`,
    );
  }
}

/** Makes the error of a failed read or check. A bad value is bad data here. */
function dataError(reason: unknown, root: string, offset: number | undefined): CodecError {
  const error = stackAsLimit(asFailure(reason)).toError(root, offset);
  if (error.code !== "value") return error;
  const { message, path, cause } = error;
  return new CodecError("data", message, { path, offset, ...(cause ? { cause } : {}) });
}

/**
 * Maps an overflow of the stack to a `limit` failure: the configured depth was larger than the
 * stack.
 */
function stackAsLimit(failure: Failure): Failure {
  if (failure.cause instanceof RangeError && /call stack/i.test(failure.cause.message)) {
    return fail("limit", "nested deeper than the stack allows");
  }
  return failure;
}
