/** Something that wants to hear when its time has come. Fields other than `expired` belong to the slot it is in. */
export interface Timed {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  /** Called once, after the entry has left its slot. Must not throw. */
  expired(): void;
}

/** Entries that expire together, as a list that costs no memory of its own. An entry is in one slot at a time. */
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
