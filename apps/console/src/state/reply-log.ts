import { signal } from "@preact/signals";

/** A reply as it came. */
export interface Reply {
  /** Counts from 1. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly text: string;
}

const MOST_REPLIES = 10_000;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** The latest replies of a call. The oldest ones leave when there are too many. */
export class ReplyLog {
  /** Changes with the content, once a frame. */
  readonly version = signal(0);
  #replies: Reply[] = [];
  /** The index of the oldest reply that is kept. */
  #first = 0;
  #characters = 0;
  #total = 0;
  #isScheduled = false;

  /** The number of replies that came. */
  get total(): number {
    return this.#total;
  }

  /** The number of replies that are no longer kept. */
  get dropped(): number {
    return this.#total - (this.#replies.length - this.#first);
  }

  /** The length of the texts that are kept. */
  get characters(): number {
    return this.#characters;
  }

  get last(): Reply | undefined {
    return this.#replies.at(-1);
  }

  add(text: string): void {
    this.#total += 1;
    this.#replies.push({ number: this.#total, atMs: Date.now(), text });
    this.#characters += text.length;
    while (
      this.#first < this.#replies.length - 1 &&
      (this.#replies.length - this.#first > MOST_REPLIES || this.#characters > MOST_CHARACTERS)
    ) {
      this.#characters -= this.#replies[this.#first]?.text.length ?? 0;
      this.#first += 1;
    }
    if (this.#first > MOST_REPLIES) this.#compact();
    this.#changed();
  }

  /** Returns the kept replies, the oldest first. */
  kept(): readonly Reply[] {
    this.#compact();
    return this.#replies;
  }

  /** Returns the last `most` replies with `text` in them, the latest first, and their number. */
  search(text: string, most: number): { readonly found: readonly Reply[]; readonly count: number } {
    const found: Reply[] = [];
    let count = 0;
    for (let at = this.#replies.length - 1; at >= this.#first; at--) {
      const reply = this.#replies[at] as Reply;
      if (text !== "" && !reply.text.toLowerCase().includes(text.toLowerCase())) continue;
      count += 1;
      if (found.length < most) found.push(reply);
    }
    return { found, count };
  }

  #compact(): void {
    if (this.#first === 0) return;
    this.#replies = this.#replies.slice(this.#first);
    this.#first = 0;
  }

  #changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.version.value += 1;
    });
  }
}
