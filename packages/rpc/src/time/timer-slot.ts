/** An entry with a timeout. The slot it is in owns all fields but `expired`. */
export interface Timed {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  /** Called once, after the entry has left its slot. Must not throw. */
  expired(): void;
}

/**
 * A linked list of entries that expire together; the links are in the entries. An entry is in one
 * slot at a time.
 */
export class TimerSlot {
  readonly tick: number;
  first: Timed | undefined;

  constructor(tick: number) {
    this.tick = tick;
  }

  add(entry: Timed): void {
    const { first } = this;
    if (first !== undefined) first.before = entry;
    entry.after = first;
    entry.before = undefined;
    entry.slot = this;
    this.first = entry;
  }

  /** The entry must be in this slot. */
  remove(entry: Timed): void {
    const { before, after } = entry;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after !== undefined) after.before = before;
    entry.slot = undefined;
    entry.before = undefined;
    entry.after = undefined;
  }
}
