import type { Channel } from "@aster/transport";

/** Whether a session reads its stream: several may keep it from that at a time. */
export class SessionReader {
  readonly #channel: Channel;
  #holds = 0;
  #waiting = false;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  pause(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#channel.pause();
  }

  /** Once for every {@link SessionReader.pause}. */
  resume(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#channel.resume();
  }

  /** Reads nothing until what was sent is on its way: a peer that does not read must not make us say more and more. */
  waitForRoom(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.pause();
    void this.#channel.drained().then(() => {
      this.#waiting = false;
      this.resume();
    });
  }
}
