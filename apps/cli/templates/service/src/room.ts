/** A message in the room. */
export interface Message {
  readonly author: string;
  readonly text: string;
}

const MOST_MESSAGES = 1_000;

/** The messages and members of the server. */
export class RoomState {
  readonly #messages: Message[] = [];
  readonly #members = new Set<string>();
  #count = 0;

  /** Adds a message and returns its number. The oldest are forgotten. */
  add(message: Message): number {
    this.#messages.push(message);
    if (this.#messages.length > MOST_MESSAGES) this.#messages.shift();
    this.#count += 1;
    return this.#count;
  }

  latest(limit: number): readonly Message[] {
    return this.#messages.slice(-limit);
  }

  /** Adds a member. Returns `false` if the name is taken. */
  enter(name: string): boolean {
    if (this.#members.has(name)) return false;
    this.#members.add(name);
    return true;
  }

  leave(name: string): void {
    this.#members.delete(name);
  }

  get members(): string[] {
    return [...this.#members].sort();
  }
}
