import type { MakeTypeCodec, TypeCodec } from "../codec.ts";
import { CodecError } from "../error.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import type { WireTypeInfo } from "../wire-type.ts";
import { type Binding, readTypeInfo, startsWith } from "./binding.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { closureEngine } from "./closure-engine.ts";
import { canGenerate, generatedEngine } from "./generated-engine.ts";
import { profileA } from "./profile.ts";

/** Which engine runs; `auto` takes generated code where it is allowed. */
export type EngineChoice = "auto" | "generated" | "closures";

const closures = closureEngine(profileA);
const generated = generatedEngine(profileA);

/** Messages larger than this do not keep their scratch buffer. */
const keptBytes = 1024 * 1024;

/** One buffer for all codecs: a message is copied out of it before the next is made. */
const scratch = new ByteWriter(new Uint8Array(4_096), { fixed: false });
let scratchBusy = false;
/** One reader, unless a setter of a class decodes while a message is being read. */
const sharedReader = new ByteReader(new Uint8Array(0));
const noBytes = new Uint8Array(0);
let readerBusy = false;
let message = 0;

/** Codecs of types in XLANG, profile A. */
export function xlangTypes(limits: CodecLimits, choice: EngineChoice): MakeTypeCodec {
  if (choice === "generated" && !canGenerate()) {
    throw new CodecError("type", 'this platform forbids generated code: use engine "auto"');
  }
  const bind = choice === "closures" || !canGenerate() ? closures : generated;
  return (info) => new XlangTypeCodec(info, limits, bind(info), closures(info));
}

class XlangTypeCodec implements TypeCodec<unknown> {
  readonly #info: WireTypeInfo;
  readonly #limits: CodecLimits;
  readonly #fast: Binding;
  /** Makes the errors: it runs again what failed in the other engine. */
  readonly #exact: Binding;

  constructor(info: WireTypeInfo, limits: CodecLimits, fast: Binding, exact: Binding) {
    this.#info = info;
    this.#limits = limits;
    this.#fast = fast;
    this.#exact = exact;
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
    if (!Number.isInteger(offset) || offset < 0 || offset > buffer.length) {
      throw this.#noSpace(buffer, offset);
    }
    const w = new ByteWriter(plainArray(buffer), { fixed: true });
    try {
      this.#write(w, this.#fast, value, offset);
      return this.#checked(w.pos - offset);
    } catch {
      // too little room to be generous, or a bad value: the long way finds out which
    }
    const encoded = this.encodeShared(value);
    if (encoded.length > buffer.length - offset) {
      throw this.#noSpace(buffer, offset, encoded.length);
    }
    buffer.set(encoded, offset);
    return encoded.length;
  }

  decode(bytes: Uint8Array): unknown {
    if (!(bytes instanceof Uint8Array)) {
      throw new CodecError("type", `expected bytes (Uint8Array) to decode, got ${kindOf(bytes)}`);
    }
    const plain = plainArray(bytes);
    const r = readerBusy ? new ByteReader(plain) : sharedReader;
    readerBusy = true;
    try {
      return this.#decoded(r, plain);
    } finally {
      if (r === sharedReader) {
        // the next message may be long in coming: hold nothing of this one
        r.bytes = noBytes;
        readerBusy = false;
      }
    }
  }

  #decoded(r: ByteReader, bytes: Uint8Array): unknown {
    if (this.#fast !== this.#exact) {
      try {
        return this.#read(r, this.#fast, bytes);
      } catch {
        // read again below, with an error that says where
      }
    }
    try {
      return this.#read(r, this.#exact, bytes);
    } catch (reason) {
      throw asFailure(reason).toError(this.#info.tag, r.pos);
    }
  }

  #noSpace(buffer: Uint8Array, offset: number, size?: number): CodecError {
    const what = size === undefined ? "the message does" : `${size} bytes do`;
    return new CodecError(
      "space",
      `${this.#info.tag}: ${what} not fit into a buffer of ${buffer.length} at ${offset}`,
    );
  }

  #encoded(value: unknown): ByteWriter {
    const w = scratchBusy ? new ByteWriter(new Uint8Array(1_024), { fixed: false }) : scratch;
    const owner = w === scratch;
    if (owner) {
      if (w.bytes.length > keptBytes) w.bytes = new Uint8Array(4_096);
      scratchBusy = true;
    }
    try {
      if (this.#fast !== this.#exact) {
        try {
          this.#write(w, this.#fast, value, 0);
          this.#checked(w.pos);
          return w;
        } catch {
          // made again below, with an error that says where
        }
      }
      this.#write(w, this.#exact, value, 0);
      this.#checked(w.pos);
      return w;
    } catch (reason) {
      throw asFailure(reason).toError(this.#info.tag);
    } finally {
      if (owner) scratchBusy = false;
    }
  }

  #write(w: ByteWriter, binding: Binding, value: unknown, offset: number): void {
    message = (message + 1) | 0;
    w.message = message;
    w.names = 0;
    w.emptyName = -1;
    w.maxDepth = this.#limits.depth;
    w.maxBytes = this.#limits.messageBytes;
    w.pos = offset;
    const head = w.room(offset, 2);
    head[offset] = binding.plan.profile.header;
    head[offset + 1] = 0xff;
    w.pos = offset + 2;
    binding.writeInfo(w);
    binding.write(w, value, 1);
  }

  #checked(size: number): number {
    if (size <= this.#limits.messageBytes) return size;
    throw fail("limit", `the message of ${size} bytes is larger than ${this.#limits.messageBytes}`);
  }

  #read(r: ByteReader, binding: Binding, bytes: Uint8Array): unknown {
    const { plan } = binding;
    r.bytes = bytes;
    r.end = bytes.length;
    r.pos = 0;
    // setting the length of an empty array would cost its memory
    if (r.names.length > 0) r.names = [];
    r.maxDepth = this.#limits.depth;
    r.graphBytes = this.#limits.graphBytes;
    if (r.end > this.#limits.messageBytes) {
      throw fail(
        "limit",
        `the message of ${r.end} bytes is larger than ${this.#limits.messageBytes}`,
      );
    }
    if (startsWith(r.bytes, 0, plan.prefix)) {
      r.pos = plan.prefix.length;
      r.root = plan.info;
    } else {
      r.root = undefined;
      this.#readHead(r, plan.profile.header);
      readTypeInfo(r, plan);
    }
    const value = binding.read(r, 1);
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left after the value`);
    return value;
  }

  #readHead(r: ByteReader, header: number): void {
    const first = r.byte();
    if (first === (header | 1))
      throw fail("data", "the message holds null, which this type is not");
    if (first !== header) {
      throw fail(
        "data",
        `first byte ${first}: this is no message of Fory profile A, which begins with ${header}` +
          (first === 1 ? "; it may be one of Fory 1.0 or later" : ""),
      );
    }
    if (!r.flag()) throw fail("data", "the message holds null, which this type is not");
  }
}

/** One class of arrays keeps the generated code fast, and Buffer's slice would be a view. */
function plainArray(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
