import type { MakeTypeCodec, TypeCodec } from "../codec.ts";
import { CodecError } from "../error.ts";
import { asFailure, type Failure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import type { WireTypeInfo } from "../wire-type.ts";
import { type Bind, type Binding, startsWith } from "./binding.ts";
import { ByteReader, Flag } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { closureEngine } from "./closure-engine.ts";
import { canGenerate, generatedEngine } from "./generated-engine.ts";
import { MessageEncoder } from "./message-encoder.ts";
import { plainBytes } from "./plain-bytes.ts";
import { type Profile, profileA } from "./profile.ts";
import { profileB } from "./profile-b.ts";
import { closeShared, openShared } from "./references.ts";
import { Writers } from "./writers.ts";
import { type Bound, XlangForm } from "./xlang-form.ts";

/** Which engine runs; `auto` takes generated code where it is allowed. */
export type EngineChoice = "auto" | "generated" | "closures";

/** The generation of Fory that a message is written in (docs/fory.md, "Profiles"). */
export type ProfileChoice = "A" | "B";

/** The profile of a message by its first byte; undefined for what is no message of Fory's. */
export function profileOf(bytes: Uint8Array): ProfileChoice | undefined {
  const first = bytes[0];
  return first === 1 ? "B" : first === 2 || first === 3 ? "A" : undefined;
}

interface Engines {
  readonly closures: Bind;
  readonly generated: Bind;
}

function engines(profile: Profile): Engines {
  const closures = closureEngine(profile);
  return { closures, generated: generatedEngine(profile, closures) };
}

const ofProfile: Readonly<Record<ProfileChoice, Engines>> = {
  A: engines(profileA),
  B: engines(profileB),
};

/** One buffer for all codecs: a message is copied out of it before the next is made. */
const writers = new Writers((bytes, options) => new ByteWriter(bytes, options));
/** One reader, unless a setter of a class decodes while a message is being read. */
const sharedReader = new ByteReader(new Uint8Array(0));
const noBytes = new Uint8Array(0);
let readerBusy = false;

/** Codecs of types in XLANG: they write one profile and read both. */
export function xlangTypes(
  limits: CodecLimits,
  choice: EngineChoice,
  profile: ProfileChoice,
): MakeTypeCodec {
  if (choice === "generated" && !canGenerate()) {
    throw new CodecError("type", 'this platform forbids generated code: use engine "auto"');
  }
  const engine = choice === "closures" || !canGenerate() ? "closures" : "generated";
  const bindTo = (info: WireTypeInfo, to: ProfileChoice): Bound => ({
    fast: ofProfile[to][engine](info),
    exact: ofProfile[to].closures(info),
  });
  return (info) => new XlangTypeCodec(info, limits, profile, bindTo);
}

class XlangTypeCodec implements TypeCodec<unknown> {
  readonly #info: WireTypeInfo;
  readonly #limits: CodecLimits;
  readonly #profile: ProfileChoice;
  readonly #bindTo: (info: WireTypeInfo, profile: ProfileChoice) => Bound;
  /** In the profile that is written. */
  readonly #own: Bound;
  /** In the other one, once a message came in it. */
  #other: Bound | undefined;
  readonly #encoder: MessageEncoder<ByteWriter>;

  constructor(
    info: WireTypeInfo,
    limits: CodecLimits,
    profile: ProfileChoice,
    bindTo: (info: WireTypeInfo, profile: ProfileChoice) => Bound,
  ) {
    this.#info = info;
    this.#limits = limits;
    this.#profile = profile;
    this.#bindTo = bindTo;
    this.#own = bindTo(info, profile);
    this.#encoder = new MessageEncoder(new XlangForm(info.tag, limits, this.#own), writers);
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
    const plain = plainBytes(bytes);
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
    const { fast, exact } = this.#boundTo(bytes);
    if (fast !== exact) {
      try {
        return this.#read(r, fast, bytes);
      } catch {
        // read again below, with an error that says where
      }
    }
    try {
      return this.#read(r, exact, bytes);
    } catch (reason) {
      throw asFailure(reason).toError(this.#info.tag, r.pos);
    }
  }

  #boundTo(bytes: Uint8Array): Bound {
    const profile = profileOf(bytes) ?? this.#profile;
    if (profile === this.#profile) return this.#own;
    this.#other ??= this.#bindTo(this.#info, profile);
    return this.#other;
  }

  #read(r: ByteReader, binding: Binding, bytes: Uint8Array): unknown {
    r.bytes = bytes;
    r.end = bytes.length;
    r.pos = 0;
    // setting the length of an empty array would cost its memory
    if (r.names.length > 0) r.names = [];
    if (r.shared.length > 0) {
      r.shared = [];
      r.shapes = [];
    }
    r.pending = -1;
    r.definitionCount = 0;
    r.maxDepth = this.#limits.depth;
    r.graphBytes = this.#limits.graphBytes;
    if (r.end > this.#limits.messageBytes) {
      throw fail(
        "limit",
        `the message of ${r.end} bytes is larger than ${this.#limits.messageBytes}`,
      );
    }
    const value = this.#readRoot(r, binding);
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left after the value`);
    return value;
  }

  #readRoot(r: ByteReader, binding: Binding): unknown {
    const { plan } = binding;
    if (!plan.tracking && !plan.definition && startsWith(r.bytes, 0, plan.prefix)) {
      r.pos = plan.prefix.length;
      r.root = plan.info;
      return binding.read(r, 1);
    }
    r.root = undefined;
    const { header, id } = plan.profile;
    const first = r.byte();
    if (id === "A" && first === (header | 1)) throw holdsNull();
    if (first !== header) {
      throw fail(
        "data",
        `first byte ${first}: this is no message of Fory, which begins with 1 (profile B) or 2 (profile A)`,
      );
    }
    switch (r.byte()) {
      case Flag.value:
        return binding.readInfo(r).read(r, 1);
      case Flag.first: {
        const first = openShared(r);
        const value = binding.readInfo(r).read(r, 1);
        closeShared(r, first, value, binding.shape);
        return value;
      }
      case Flag.null:
        throw holdsNull();
      default:
        throw fail("data", "a reference where the message begins");
    }
  }
}

function holdsNull(): Failure {
  return fail("data", "the message holds null, which this type is not");
}
