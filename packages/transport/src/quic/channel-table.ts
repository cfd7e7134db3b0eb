/** The size of a new table: a power of two, and more than most nodes need. */
const MIN_SLOTS = 64;
/** A table of which fewer slots than one in this many are used shrinks by half. */
const SLOTS_PER_ENTRY_AT_MOST = 8;
/** Odd numbers without a pattern in their bits. */
const SPREAD = 0x9e37_79b1;
const SPREAD_AGAIN = 0x85eb_ca6b;

/** An entry, found by a number below 2^32. */
export interface Handled {
  readonly handle: number;
}

/**
 * The open channels of a node by handle: a hash table with linear probing.
 *
 * Handles are consecutive numbers, and the peer chooses which channels last. The hash spreads them,
 * so that lasting channels do not form runs that every other channel has to pass. Its seed is
 * random, so that a peer cannot choose channels that collide.
 *
 * It is not a `Map`. With entries that come and go, V8 allocates one table after another for a map,
 * and each refers to the next. Once a dead table is in the old generation, the young collector
 * keeps all that follow, with every call that they held.
 */
export class ChannelTable<C extends Handled> {
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  #slots: (C | undefined)[] = [];
  #mask = 0;
  /** The bits of a hash that are not in an index. */
  #shift = 0;
  #size = 0;

  constructor() {
    this.#allocate(MIN_SLOTS);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of slots, used and free. */
  get capacity(): number {
    return this.#slots.length;
  }

  get(handle: number): C | undefined {
    return this.#slots[this.#find(handle)];
  }

  has(handle: number): boolean {
    return this.get(handle) !== undefined;
  }

  /** Adds a channel. Returns the one that had its handle and is no longer in the table, if any. */
  add(channel: C): C | undefined {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#resize(this.#slots.length * 2);
    const at = this.#find(channel.handle);
    const replaced = this.#slots[at];
    this.#slots[at] = channel;
    if (replaced === undefined) this.#size += 1;
    return replaced;
  }

  /** Returns whether it was there. */
  delete(handle: number): boolean {
    const slots = this.#slots;
    const mask = this.#mask;
    let gap = this.#find(handle);
    if (slots[gap] === undefined) return false;
    this.#size -= 1;
    // Entries behind the gap that are there only because their own index was taken move up.
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const channel = slots[at];
      if (channel === undefined) break;
      if (((at - this.#home(channel.handle)) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = channel;
      gap = at;
    }
    slots[gap] = undefined;
    if (this.#size * SLOTS_PER_ENTRY_AT_MOST < slots.length && slots.length > MIN_SLOTS) {
      this.#resize(slots.length / 2);
    }
    return true;
  }

  /** Returns the slot of this handle, or the empty slot where it would be. */
  #find(handle: number): number {
    const slots = this.#slots;
    let at = this.#home(handle);
    for (;;) {
      const channel = slots[at];
      if (channel === undefined || channel.handle === handle) return at;
      at = (at + 1) & this.#mask;
    }
  }

  /** Returns the slot that a handle has unless another one has taken it. */
  #home(handle: number): number {
    const mixed = Math.imul(handle ^ this.#seed, SPREAD);
    return Math.imul(mixed ^ (mixed >>> 15), SPREAD_AGAIN) >>> this.#shift;
  }

  #resize(slots: number): void {
    const before = this.#slots;
    this.#allocate(slots);
    for (const channel of before) {
      if (channel !== undefined) this.#slots[this.#find(channel.handle)] = channel;
    }
  }

  #allocate(slots: number): void {
    this.#slots = new Array(slots).fill(undefined);
    this.#mask = slots - 1;
    this.#shift = 32 - Math.log2(slots);
  }
}
