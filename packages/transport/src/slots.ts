/** An item that stores its own position. */
export interface Slotted {
  /** The position in {@link Slots}, which set it; -1 outside of them. */
  slot: number;
}

/**
 * An unordered set of items that store their own position.
 *
 * It replaces a `Set`, which keeps removed entries alive for a while when entries come and go, and
 * costs every call two look-ups.
 */
export class Slots<T extends Slotted> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Adds an item that is in no slots. */
  add(item: T): void {
    item.slot = this.#items.length;
    this.#items.push(item);
  }

  /** Removes an item. No-op for one that is not in the slots. */
  delete(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    item.slot = -1;
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#items[slot] = last;
    last.slot = slot;
  }

  /** Returns a copy, so that items may be added and removed during an iteration. */
  list(): T[] {
    return [...this.#items];
  }
}
