/** The size of a new table: a power of two, and more than most nodes need. */
const MIN_SLOTS = 64;

/** An entry, found by a number below 2^32. */
export interface Handled {
  readonly handle: number;
}

/**
 * The open channels of a node by handle: a hash table with linear probing. Handles are consecutive
 * numbers, so most are at their own index.
 *
 * It is not a `Map`. With entries that come and go, V8 allocates one table after another for a map,
 * and each refers to the next. Once a dead table is in the old generation, the young collector
 * keeps all that follow, with every call that they held.
 */
export class ChannelTable<C extends Handled> {
  #slots: (C | undefined)[] = new Array(MIN_SLOTS).fill(undefined);
  #mask = MIN_SLOTS - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(handle: number): C | undefined {
    return this.#slots[this.#find(handle)];
  }

  has(handle: number): boolean {
    return this.get(handle) !== undefined;
  }

  /** Adds a channel whose handle is not in the table. */
  add(channel: C): void {
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    this.#slots[this.#find(channel.handle)] = channel;
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
      if (((at - channel.handle) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = channel;
      gap = at;
    }
    slots[gap] = undefined;
    return true;
  }

  /** Returns a copy, so that the table may change during iteration. */
  list(): C[] {
    return this.#slots.filter((channel) => channel !== undefined);
  }

  /** Returns the slot of this handle, or the empty slot where it would be. */
  #find(handle: number): number {
    const slots = this.#slots;
    let at = handle & this.#mask;
    for (;;) {
      const channel = slots[at];
      if (channel === undefined || channel.handle === handle) return at;
      at = (at + 1) & this.#mask;
    }
  }

  #grow(): void {
    const channels = this.list();
    this.#slots = new Array(this.#slots.length * 2).fill(undefined);
    this.#mask = this.#slots.length - 1;
    for (const channel of channels) this.#slots[this.#find(channel.handle)] = channel;
  }
}
