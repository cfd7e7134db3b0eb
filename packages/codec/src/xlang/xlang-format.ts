import type { MessageFormat } from "../bytes/message-codec.ts";
import { explainedBytes, unexplained } from "../codegen/source.ts";
import { asFailure, fail } from "../failure.ts";
import { type CodecLimits, checkMessageSize } from "../limits.ts";
import type { RootBinding } from "./binding.ts";
import type { Profile } from "./profile.ts";
import { isInProfile, profileFor, profileToRead, type WireProfile } from "./profiles.ts";
import { readRoot, writeRoot } from "./root-binding.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { XlangWriter } from "./xlang-writer.ts";

/** The number of the last message. It differs for each message of the process. */
let message = 0;

/** A root in one profile, as both engines bind it. */
export interface Bound {
  readonly fast: RootBinding;
  /** Makes the errors: it runs again what failed in the fast engine. */
  readonly exact: RootBinding;
}

export interface XlangFormatOptions {
  /** The first part of error paths. */
  readonly root: string;
  readonly limits: CodecLimits;
  /** True if decoded bytes may be views of the message. */
  readonly views: boolean;
  /** The profile that is written. */
  readonly profile: WireProfile;
  bindTo(profile: Profile): Bound;
}

/** The messages of one type in XLANG: written in one profile, read in all. */
export class XlangFormat implements MessageFormat<XlangWriter, XlangReader> {
  readonly root: string;
  readonly limits: CodecLimits;
  readonly onlyExact: boolean;
  readonly #options: XlangFormatOptions;
  /** The binding in the profile that is written. */
  readonly #own: Bound;
  readonly #ownProfile: Profile;
  /** True if all types keep references. */
  readonly #keeps: boolean;
  /** Bindings in other profiles, made when a message in one of them arrives. */
  #others: Map<Profile, Bound> | undefined;

  constructor(options: XlangFormatOptions) {
    this.root = options.root;
    this.limits = options.limits;
    this.#options = options;
    this.#ownProfile = profileFor(options.profile);
    this.#keeps = options.profile.refs === true;
    this.#own = options.bindTo(this.#ownProfile);
    this.onlyExact = this.#own.fast === this.#own.exact;
  }

  write(w: XlangWriter, value: unknown, offset: number, exact: boolean): void {
    const binding = exact ? this.#own.exact : this.#own.fast;
    message = (message + 1) | 0;
    w.begin(message, offset, binding.plan.tracking);
    w.maxDepth = this.limits.depth;
    w.maxBytes = this.limits.messageBytes;
    w.keeps = this.#keeps;
    writeRoot(w, binding, value, offset);
  }

  finish(w: XlangWriter): void {
    w.references = undefined;
  }

  read(r: XlangReader, bytes: Uint8Array): unknown {
    const { fast, exact } = this.#boundTo(bytes);
    if (fast !== exact) {
      try {
        return this.#read(r, fast, bytes);
      } catch (reason) {
        if (bytes.length > explainedBytes) throw unexplained(reason).toError(this.root, undefined);
        // read again below, with an error that says where
      }
    }
    try {
      return this.#read(r, exact, bytes);
    } catch (reason) {
      throw asFailure(reason).toError(this.root, r.pos);
    }
  }

  #boundTo(bytes: Uint8Array): Bound {
    if (isInProfile(bytes, this.#ownProfile)) return this.#own;
    const profile = profileToRead(bytes, this.#options.profile);
    if (profile === this.#ownProfile) return this.#own;
    this.#others ??= new Map();
    let bound = this.#others.get(profile);
    if (!bound) {
      bound = this.#options.bindTo(profile);
      this.#others.set(profile, bound);
    }
    return bound;
  }

  #read(r: XlangReader, binding: RootBinding, bytes: Uint8Array): unknown {
    r.begin(bytes);
    r.maxDepth = this.limits.depth;
    r.graphBytes = this.limits.graphBytes;
    r.views = this.#options.views;
    r.keeps = this.#keeps;
    checkMessageSize(r.end, this.limits);
    const value = readRoot(r, binding);
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left after the value`);
    return value;
  }
}
