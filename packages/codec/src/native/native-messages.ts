import { plainBytes } from "../bytes/byte-reader.ts";
import { MessageEncoder } from "../bytes/message-encoder.ts";
import { Writers } from "../bytes/writers.ts";
import { CodecError } from "../error.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import type { TypeCodec } from "../type-codec.ts";
import { messageHead } from "./native-id.ts";
import { NativeForm, type NativeRoot, shallow } from "./native-message-writer.ts";
import { readNativeText } from "./native-text.ts";
import { NativeReader } from "./reading/native-reader.ts";

import { Checker } from "./types/checker.ts";
import { NativeWriter } from "./writing/native-writer.ts";

const writers = new Writers((bytes, options) => new NativeWriter(bytes, options));
/** One reader, unless a default of a type decodes while a message is being read. */
const sharedReader = new NativeReader(new Uint8Array(0));
let readerBusy = false;
const noBytes = new Uint8Array(0);

/** Whole messages of one type, or of any values. */
export class NativeMessages implements TypeCodec<unknown> {
  readonly #of: NativeRoot;
  readonly #encoder: MessageEncoder<NativeWriter>;

  constructor(root: NativeRoot) {
    this.#of = root;
    this.#encoder = new MessageEncoder(new NativeForm(root), writers);
  }

  encode(value: unknown): Uint8Array {
    return this.#encoder.encode(value);
  }

  encodeShared(value: unknown): Uint8Array {
    return this.#encoder.encodeShared(value);
  }

  encodeInto(value: unknown, buffer: Uint8Array, offset: number): number {
    return this.#encoder.encodeInto(value, buffer, offset);
  }

  decode(bytes: Uint8Array): unknown {
    if (!(bytes instanceof Uint8Array)) {
      throw new CodecError("type", `expected bytes (Uint8Array) to decode, got ${kindOf(bytes)}`);
    }
    const r = readerBusy ? new NativeReader(noBytes) : sharedReader;
    readerBusy = true;
    try {
      return this.#decoded(r, plainBytes(bytes));
    } finally {
      if (r === sharedReader) {
        // the next message may be long in coming: hold nothing of this one
        r.begin(noBytes);
        readerBusy = false;
      }
    }
  }

  #decoded(r: NativeReader, bytes: Uint8Array): unknown {
    const { op, root } = this.#of;
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
      this.#check(r, value, false);
      return value;
    } catch {
      // checked again below, with an error that says where
    }
    try {
      this.#check(r, value, true);
      return value;
    } catch (reason) {
      throw dataError(reason, root, undefined);
    }
  }

  #check(r: NativeReader, value: unknown, exact: boolean): void {
    const { op, limits } = this.#of;
    const checker = new Checker(limits.depth, r.repeats || r.instances.length > 0, exact);
    checker.run(op, value);
    for (const [object, struct] of r.instances) checker.run(struct, object);
  }

  #read(r: NativeReader, bytes: Uint8Array, exact: boolean): unknown {
    const { limits, structNamed, extNamed } = this.#of;
    r.begin(bytes);
    r.maxDepth = limits.depth;
    r.graphBytes = limits.graphBytes;
    r.exact = exact;
    r.structNamed = structNamed;
    r.extNamed = extNamed;
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
