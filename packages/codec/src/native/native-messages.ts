import type { TypeCodec } from "../codec.ts";
import { CodecError } from "../error.ts";
import { asFailure, type Failure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import { Checker } from "./checker.ts";
import { messageHead } from "./native-id.ts";
import type { NativeOp } from "./native-op.ts";
import { NativeReader } from "./native-reader.ts";
import { readNativeText } from "./native-text.ts";
import type { StructNamed, StructOf } from "./native-types.ts";
import { NativeWriter } from "./native-writer.ts";

/** Messages larger than this do not keep their scratch buffer. */
const keptBytes = 1024 * 1024;
const firstBytes = 4_096;

const scratch = new NativeWriter(new Uint8Array(firstBytes), { fixed: false });
let scratchBusy = false;
/** One reader, unless a default of a type decodes while a message is being read. */
const sharedReader = new NativeReader(new Uint8Array(0));
let readerBusy = false;
const noBytes = new Uint8Array(0);
let message = 0;

export interface NativeRoot {
  /** What error paths begin with. */
  readonly root: string;
  /** Writes and checks the value of the message. */
  readonly op: NativeOp;
  readonly limits: CodecLimits;
  readonly structOf: StructOf;
  readonly structNamed: StructNamed;
}

/** Whole messages of one type, or of any values. */
export class NativeMessages implements TypeCodec<unknown> {
  readonly #of: NativeRoot;

  constructor(root: NativeRoot) {
    this.#of = root;
  }

  encode(value: unknown): Uint8Array {
    const w = this.#encoded(value);
    return w.bytes.slice(0, w.pos);
  }

  encodeShared(value: unknown): Uint8Array {
    const w = this.#encoded(value);
    return w.bytes.subarray(0, w.pos);
  }

  encodeInto(value: unknown, buffer: Uint8Array, offset: number): number {
    const encoded = this.encodeShared(value);
    if (!(offset >= 0 && encoded.length <= buffer.length - offset) || !Number.isInteger(offset)) {
      throw new CodecError(
        "space",
        `${this.#of.root}: ${encoded.length} bytes do not fit into a buffer of ${buffer.length} at ${offset}`,
      );
    }
    buffer.set(encoded, offset);
    return encoded.length;
  }

  decode(bytes: Uint8Array): unknown {
    if (!(bytes instanceof Uint8Array)) {
      throw new CodecError("type", `expected bytes (Uint8Array) to decode, got ${kindOf(bytes)}`);
    }
    const r = readerBusy ? new NativeReader(noBytes) : sharedReader;
    readerBusy = true;
    try {
      return this.#decoded(r, plainArray(bytes));
    } finally {
      if (r === sharedReader) {
        // the next message may be long in coming: hold nothing of this one
        r.begin(noBytes);
        readerBusy = false;
      }
    }
  }

  #encoded(value: unknown): NativeWriter {
    const w = scratchBusy
      ? new NativeWriter(new Uint8Array(firstBytes), { fixed: false })
      : scratch;
    const owner = w === scratch;
    if (owner) {
      if (w.bytes.length > keptBytes) w.bytes = new Uint8Array(firstBytes);
      scratchBusy = true;
    }
    try {
      try {
        w.exact = false;
        this.#write(w, value);
        return w;
      } catch {
        // made again below, with an error that says where
      }
      w.exact = true;
      this.#write(w, value);
      return w;
    } catch (reason) {
      throw shallow(asFailure(reason)).toError(this.#of.root);
    } finally {
      w.clear();
      w.windows.clear();
      if (owner) scratchBusy = false;
    }
  }

  #write(w: NativeWriter, value: unknown): void {
    const { limits, op, structOf } = this.#of;
    w.maxDepth = limits.depth;
    w.maxBytes = limits.messageBytes;
    w.structOf = structOf;
    w.windows.clear();
    do {
      message = (message + 1) | 0;
      w.begin(message);
      w.putShort(messageHead);
      op.write(w, value, 1);
    } while (w.windows.regrouped());
    if (w.pos > limits.messageBytes) {
      throw fail("limit", `the message of ${w.pos} bytes is larger than ${limits.messageBytes}`);
    }
  }

  #decoded(r: NativeReader, bytes: Uint8Array): unknown {
    const { op, root, limits } = this.#of;
    let value: unknown;
    try {
      try {
        value = this.#read(r, bytes, false);
      } catch {
        value = this.#read(r, bytes, true);
      }
    } catch (reason) {
      throw dataError(reason, root, r.pos);
    }
    if (!op.check && r.instances.length === 0) return value;
    try {
      const checker = new Checker(limits.depth, r.repeats || r.instances.length > 0);
      checker.run(op, value);
      for (const [object, struct] of r.instances) checker.run(struct, object);
      return value;
    } catch (reason) {
      throw dataError(reason, root, undefined);
    }
  }

  #read(r: NativeReader, bytes: Uint8Array, exact: boolean): unknown {
    const { limits, structNamed } = this.#of;
    r.begin(bytes);
    r.maxDepth = limits.depth;
    r.graphBytes = limits.graphBytes;
    r.exact = exact;
    r.structNamed = structNamed;
    if (r.end > limits.messageBytes) {
      throw fail("limit", `the message of ${r.end} bytes is larger than ${limits.messageBytes}`);
    }
    readHead(r);
    const value = r.value(1);
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left after the value`);
    return value;
  }
}

function readHead(r: NativeReader): void {
  const first = r.byte();
  if (first !== messageHead[0]) {
    const known = first >= 1 && first <= 3 ? "; it is one of Fory's cross-language form" : "";
    throw fail(
      "data",
      `first byte ${first}: this is no NATIVE message, which begins with 0${known}`,
    );
  }
  const version = r.byte();
  if (version !== messageHead[1]) {
    throw fail("data", `version ${version} of NATIVE: this side reads version ${messageHead[1]}`);
  }
  const language = readNativeText(r);
  if (language !== "js1") {
    throw fail(
      "data",
      `NATIVE of the language ${JSON.stringify(language.slice(0, 40))}: this side reads "js1" only, others need XLANG`,
    );
  }
}

/** A failure of reading or checking: what is wrong with a value is wrong with the data here. */
function dataError(reason: unknown, root: string, offset: number | undefined): CodecError {
  const error = shallow(asFailure(reason)).toError(root, offset);
  if (error.code !== "value") return error;
  const { message, path, cause } = error;
  return new CodecError("data", message, { path, offset, ...(cause ? { cause } : {}) });
}

/** Where the stack was the bound, because the limit of depth is greater: a limit as well. */
function shallow(failure: Failure): Failure {
  if (failure.cause instanceof RangeError && /call stack/i.test(failure.cause.message)) {
    return fail("limit", "nested deeper than the stack allows");
  }
  return failure;
}

/** One class of arrays keeps the code fast. */
function plainArray(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
