import { setImmediate as nextTurn } from "node:timers/promises";

/** Where a {@link MessagePump} sends what it takes from its source. */
export interface PumpTarget {
  /** Nobody wants more: the pump stops. */
  readonly over: boolean;
  /** Sends one message. `false` when there is no room for another one now. Throws for a message that cannot be sent. */
  sendMessage(message: unknown): boolean;
  /** Resolves when there is room again. */
  drained(): Promise<void>;
}

/** What streams are made of; a plain array will do. */
export type MessageSource = AsyncIterable<unknown> | Iterable<unknown>;

const MESSAGES_PER_TURN = 256;

/** Takes messages from an iterable as fast as they can be sent, and no faster. */
export class MessagePump {
  readonly #target: PumpTarget;
  #iterator: AsyncIterator<unknown> | Iterator<unknown> | undefined;
  #wake: (() => void) | undefined;
  #returned: Promise<unknown> | undefined;

  constructor(target: PumpTarget) {
    this.#target = target;
  }

  /**
   * Resolves with whether the source came to its end by itself. Otherwise its `return()` has been called and waited for, so
   * that the `finally` blocks of a generator have run. Rejects with what the source threw or could not be sent.
   */
  async run(source: MessageSource): Promise<boolean> {
    const target = this.#target;
    const iterator = iterate(source);
    this.#iterator = iterator;
    let left = MESSAGES_PER_TURN;
    while (!target.over) {
      let step = iterator.next();
      if (isPromiseLike(step)) step = await step;
      if (step.done) return !target.over;
      if (target.over) break;
      if (!this.#send(step.value)) await this.#room();
      left -= 1;
      if (left === 0) {
        left = MESSAGES_PER_TURN;
        await nextTurn();
      }
    }
    this.stop();
    await this.#returned;
    return false;
  }

  /** Asks the source to stop where it is. Harmless before `run` and after the end. */
  stop(): void {
    this.#wake?.();
    const iterator = this.#iterator;
    if (iterator === undefined || this.#returned !== undefined) return;
    this.#returned = leave(iterator);
  }

  #send(message: unknown): boolean {
    try {
      return this.#target.sendMessage(message);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** A target that is over need not become empty, so `stop` ends the wait too. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      void this.#target.drained().then(resolve);
    });
  }
}

function iterate(source: MessageSource): AsyncIterator<unknown> | Iterator<unknown> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  return source[Symbol.iterator]();
}

/** What a source throws while it is left concerns nobody any more. */
async function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {}
}

/** Whether a value has to be awaited. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}
