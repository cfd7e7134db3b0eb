/** Something with a place among others. */
export interface Slotted {
  /** Where it is, -1 for nowhere. Belongs to the {@link Slots} it is in. */
  slot: number;
}

/**
 * A set of things that know their place in it, in no order. No `Set`: with entries that come and go it keeps dead ones alive, as
 * `ChannelTable` says of maps, and every call would pay for two look-ups.
 */
export class Slots<T extends Slotted> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Something that is in no slots. */
  add(item: T): void {
    item.slot = this.#items.length;
    this.#items.push(item);
  }

  /** Harmless for what is not there. */
  delete(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    item.slot = -1;
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#items[slot] = last;
    last.slot = slot;
  }

  /** As they are now; changing the slots meanwhile does no harm. */
  list(): T[] {
    return [...this.#items];
  }
}
