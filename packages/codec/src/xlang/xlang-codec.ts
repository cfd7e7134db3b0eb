import { plainBytes, startsWith } from "../bytes/byte-reader.ts";
import { MessageEncoder } from "../bytes/message-encoder.ts";
import { Writers } from "../bytes/writers.ts";
import { canGenerate } from "../codegen/source.ts";
import { CodecError } from "../error.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import type { Root } from "../schema/root.ts";
import type { MakeTypeCodec, TypeCodec } from "../type-codec.ts";
import type { Bind, RootBinding } from "./binding.ts";
import { closureEngine } from "./generate/closure-engine.ts";
import { generatedEngine } from "./generate/generated-engine.ts";
import type { Profile } from "./profile.ts";
import { isInProfile, profileFor, profileToRead, type WireProfile } from "./profiles.ts";
import { closeShared, Flag, openShared } from "./references.ts";
import { bindRoot } from "./root-binding.ts";
import { type Bound, XlangForm } from "./xlang-message-writer.ts";
import { XlangReader } from "./xlang-reader.ts";
import { XlangWriter } from "./xlang-writer.ts";

/** Which engine runs; `auto` takes generated code where it is allowed. */
export type EngineChoice = "auto" | "generated" | "closures";

interface Engines {
  readonly closures: Bind;
  readonly generated: Bind;
}

function engines(profile: Profile): Engines {
  const closures = closureEngine(profile);
  return { closures, generated: generatedEngine(profile, closures) };
}

const made = new Map<Profile, Engines>();

/** The engines of a profile; there are few. */
function enginesOf(profile: Profile): Engines {
  let both = made.get(profile);
  if (!both) {
    both = engines(profile);
    made.set(profile, both);
  }
  return both;
}

/** One buffer for all codecs: a message is copied out of it before the next is made. */
const writers = new Writers((bytes, options) => new XlangWriter(bytes, options));
/** One reader, unless a setter of a class decodes while a message is being read. */
const sharedReader = new XlangReader(new Uint8Array(0));
const noBytes = new Uint8Array(0);
let readerBusy = false;

/** What bounds a message, and whether its decoded bytes may stay where they are. */
interface ReadOptions {
  readonly limits: CodecLimits;
  readonly views: boolean;
}

/** Codecs of types in XLANG: they write one profile and read both. */
export function xlangTypes(
  choice: EngineChoice,
  profile: WireProfile,
  options: ReadOptions,
): MakeTypeCodec {
  if (choice === "generated" && !canGenerate()) {
    throw new CodecError("type", 'this platform forbids generated code: use engine "auto"');
  }
  const engine = choice === "closures" || !canGenerate() ? "closures" : "generated";
  const bindTo = (root: Root, to: Profile): Bound => {
    const both = enginesOf(to);
    return { fast: bindRoot(root, both[engine]), exact: bindRoot(root, both.closures) };
  };
  return (root) => new XlangTypeCodec(root, options, profile, bindTo);
}

class XlangTypeCodec implements TypeCodec<unknown> {
  readonly #root: Root;
  readonly #limits: CodecLimits;
  readonly #views: boolean;
  readonly #profile: WireProfile;
  readonly #bindTo: (root: Root, profile: Profile) => Bound;
  /** In the profile that is written. */
  readonly #own: Bound;
  readonly #ownProfile: Profile;
  /** In others, once a message came in them. */
  #others: Map<Profile, Bound> | undefined;
  readonly #encoder: MessageEncoder<XlangWriter>;

  constructor(
    root: Root,
    { limits, views }: ReadOptions,
    profile: WireProfile,
    bindTo: (root: Root, profile: Profile) => Bound,
  ) {
    this.#root = root;
    this.#limits = limits;
    this.#views = views;
    this.#profile = profile;
    this.#bindTo = bindTo;
    this.#ownProfile = profileFor(profile);
    this.#own = bindTo(root, this.#ownProfile);
    this.#encoder = new MessageEncoder(new XlangForm(root.label, limits, this.#own), writers);
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
    const r = readerBusy ? new XlangReader(plain) : sharedReader;
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

  #decoded(r: XlangReader, bytes: Uint8Array): unknown {
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
      throw asFailure(reason).toError(this.#root.label, r.pos);
    }
  }

  #boundTo(bytes: Uint8Array): Bound {
    if (isInProfile(bytes, this.#ownProfile)) return this.#own;
    const profile = profileToRead(bytes, this.#profile);
    if (profile === this.#ownProfile) return this.#own;
    this.#others ??= new Map();
    let bound = this.#others.get(profile);
    if (!bound) {
      bound = this.#bindTo(this.#root, profile);
      this.#others.set(profile, bound);
    }
    return bound;
  }

  #read(r: XlangReader, binding: RootBinding, bytes: Uint8Array): unknown {
    r.begin(bytes);
    r.maxDepth = this.#limits.depth;
    r.graphBytes = this.#limits.graphBytes;
    r.views = this.#views;
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

  #readRoot(r: XlangReader, binding: RootBinding): unknown {
    const { plan } = binding;
    if (!plan.tracking && !plan.definition && startsWith(r.bytes, 0, plan.prefix)) {
      r.pos = plan.prefix.length;
      r.root = plan.named;
      return binding.read(r, 1);
    }
    r.root = undefined;
    const { header, id } = plan.profile;
    const first = r.byte();
    if (id === "A" && first === (header | 1)) {
      const empty = nullOf(binding);
      if (r.byte() !== Flag.null) throw fail("data", "a message that is null and has a value");
      return empty;
    }
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
        return nullOf(binding);
      default:
        throw fail("data", "a reference where the message begins");
    }
  }
}

function nullOf(binding: RootBinding): unknown {
  if (binding.empty) return binding.empty();
  throw fail("data", "the message holds null, which this type is not");
}
