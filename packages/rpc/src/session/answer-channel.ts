import { type Channel, type Connection, FrameFlag } from "@aster/transport";
import { passMessage } from "../message/message-codec.ts";
import type { SessionReader } from "./session-reader.ts";

/** The session of an {@link AnswerChannel}. */
export interface AnswerObserver {
  readonly reader: SessionReader;
  /** The call has ended. `undefined`: its only response has said so, and it needs no trailer. */
  conclude(trailer: Uint8Array | undefined): void;
  /** The caller cancelled the call, and waits for the confirmation. */
  concludeCancelled(): void;
}

/**
 * The channel of one call inside a session, as its `ServerCall` uses it.
 *
 * A call answers as if it had a stream of its own. This class translates that to the rules of
 * sessions: a single response needs no trailer, and the stream stays open. A `ServerSession`
 * creates one per call.
 */
export class AnswerChannel implements Channel {
  readonly #channel: Channel;
  readonly #observer: AnswerObserver;
  /** The call has a stream of responses, and a trailer after them. */
  streams = false;
  #answered = false;
  #over = false;
  #paused = false;

  constructor(channel: Channel, observer: AnswerObserver) {
    this.#channel = channel;
    this.#observer = observer;
  }

  get connection(): Connection {
    return this.#channel.connection;
  }

  /** The end of the call was sent to the caller. */
  get over(): boolean {
    return this.#over;
  }

  send(flags: number, payload: Uint8Array): boolean {
    if (this.#over) return true;
    if ((flags & FrameFlag.Trailer) !== 0) {
      this.mute();
      this.#observer.conclude(this.#answered && !this.streams ? undefined : payload);
      return true;
    }
    return this.#sent(this.#channel.send(flags, payload));
  }

  sendValue(value: unknown): boolean {
    return this.#over || this.#sent(passMessage(this.#channel, value));
  }

  measureUnsent(): Promise<number> {
    return this.#channel.measureUnsent?.() ?? Promise.resolve(0);
  }

  drained(): Promise<void> {
    return this.#channel.drained();
  }

  later(work: () => void): void {
    if (this.#channel.later === undefined) work();
    else this.#channel.later(work);
  }

  pause(): void {
    if (this.#over || this.#paused) return;
    this.#paused = true;
    this.#observer.reader.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#observer.reader.resume();
  }

  reset(): void {
    if (this.#over) return;
    this.mute();
    this.#observer.concludeCancelled();
  }

  /** Sends nothing more of this call. */
  mute(): void {
    this.#over = true;
    this.resume();
  }

  #sent(hasCapacity: boolean): boolean {
    this.#answered = true;
    if (!hasCapacity && !this.streams) this.#observer.reader.waitForDrain();
    return hasCapacity;
  }

  // the session reads the stream, and its half ends with the session
  read(): void {}
  end(): void {}
  stop(): void {}
}
