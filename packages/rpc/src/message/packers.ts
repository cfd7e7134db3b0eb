import type { CompressionSetting } from "@aster/contract";
import type { WireMode } from "../protocol/mode.ts";
import { noPacking, type Packing, packingOf } from "./compression.ts";
import { MessagePacker } from "./message-packer.ts";

/** Single calls of a method seldom have more settings. */
const MOST_OTHERS = 8;
/** Larger than any level. */
const LEVELS = 32;

/**
 * The packers of one method in one mode and direction: one for its usual packing, and some for the
 * settings of single calls. Calls with equal settings share a packer and what it has learned about
 * their messages.
 */
export class Packers {
  /** The packer of calls without a setting of their own. */
  readonly usual: MessagePacker;
  readonly #packing: Packing;
  readonly #compresses: boolean;
  #others: Map<number, MessagePacker> | undefined;

  /** `packing` is the usual one; JSON is not compressed. */
  constructor(mode: WireMode, packing: Packing) {
    this.#compresses = mode !== "json";
    this.#packing = packing;
    this.usual = new MessagePacker(this.#compresses ? packing : noPacking);
  }

  /** Throws INVALID_ARGUMENT for a setting that is not valid. */
  of(setting: CompressionSetting | undefined): MessagePacker {
    if (setting === undefined) return this.usual;
    const packing = packingOf(setting, this.#packing);
    if (!this.#compresses) return this.usual;
    const key = packing.plainBytes * LEVELS + packing.level;
    let packer = this.#others?.get(key);
    if (packer === undefined) {
      packer = new MessagePacker(packing);
      if (this.#others === undefined || this.#others.size >= MOST_OTHERS) this.#others = new Map();
      this.#others.set(key, packer);
    }
    return packer;
  }
}
