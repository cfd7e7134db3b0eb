import type { Channel } from "@aster/transport";

/**
 * Pauses and resumes the stream of a session, which its call, a waiting CALL and a full send buffer
 * may hold at a time.
 */
export class SessionReader {
  readonly #channel: Channel;
  #holds = 0;
  #draining = false;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  pause(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#channel.pause();
  }

  /** Call it once for every {@link SessionReader.pause}. */
  resume(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#channel.resume();
  }

  /**
   * Pauses until the send buffer is empty, so that a peer that does not read cannot make it grow.
   */
  waitForDrain(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.pause();
    void this.#channel.drained().then(() => {
      this.#draining = false;
      this.resume();
    });
  }
}
