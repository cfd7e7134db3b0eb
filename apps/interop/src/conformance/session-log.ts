/** Holds how often sessions were told that they are over, by the tag of the last `count` in them. */
export class SessionLog {
  readonly #closes = new Map<string, number>();

  closed(tag: string): void {
    this.#closes.set(tag, this.closesOf(tag) + 1);
  }

  closesOf(tag: string): number {
    return this.#closes.get(tag) ?? 0;
  }
}
