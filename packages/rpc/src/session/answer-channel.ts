import type { Channel, Connection } from "@aster/transport";
import { FrameFlag } from "@aster/transport";
import { passMessage } from "../message/message-codec.ts";
import type { SessionReader } from "./session-reader.ts";

/** What an {@link AnswerChannel} tells its session. */
export interface AnswerRoom {
  /** The last that is said in a call; `undefined` where its message has been its end. */
  conclude(trailer: Uint8Array | undefined): void;
  /** The caller has given the call up, and waits to hear that we know. */
  concludeCancelled(): void;
  readonly reader: SessionReader;
}

/**
 * The channel of one call inside a session. A call answers as on a stream of its own; this says it as sessions do: a single
 * response needs no trailer, and the stream stays open.
 */
export class AnswerChannel implements Channel {
  readonly #channel: Channel;
  readonly #room: AnswerRoom;
  /** Whether many responses may come, and a trailer after them. */
  streams = false;
  #answered = false;
  #over = false;
  #paused = false;

  constructor(channel: Channel, room: AnswerRoom) {
    this.#channel = channel;
    this.#room = room;
  }

  get connection(): Connection {
    return this.#channel.connection;
  }

  /** The caller has been told how the call ended. */
  get over(): boolean {
    return this.#over;
  }

  send(flags: number, payload: Uint8Array): boolean {
    if (this.#over) return true;
    if ((flags & FrameFlag.Trailer) !== 0) {
      this.mute();
      this.#room.conclude(this.#answered && !this.streams ? undefined : payload);
      return true;
    }
    return this.#sent(this.#channel.send(flags, payload));
  }

  sendValue(value: unknown): boolean {
    return this.#over || this.#sent(passMessage(this.#channel, value));
  }

  drained(): Promise<void> {
    return this.#channel.drained();
  }

  pause(): void {
    if (this.#over || this.#paused) return;
    this.#paused = true;
    this.#room.reader.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#room.reader.resume();
  }

  reset(): void {
    if (this.#over) return;
    this.mute();
    this.#room.concludeCancelled();
  }

  /** Nothing of this call is sent any more. */
  mute(): void {
    this.#over = true;
    this.resume();
  }

  #sent(room: boolean): boolean {
    this.#answered = true;
    if (!room && !this.streams) this.#room.reader.waitForRoom();
    return room;
  }

  // a session reads its stream itself, and its half ends with it
  read(): void {}
  end(): void {}
  stop(): void {}
}
