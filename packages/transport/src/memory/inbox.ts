import { FRAME_OVERHEAD_BYTES } from "../frame.ts";

export interface ReceivedFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

const COMPACT_AT = 1024;

/** Frames on their way to one end of a channel, in order, counted as they would count on the wire. */
export class Inbox {
  readonly #frames: (ReceivedFrame | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#frames.length - this.#head;
  }

  push(flags: number, payload: Uint8Array): void {
    this.#frames.push({ flags, payload });
    this.#bytes += payload.length + FRAME_OVERHEAD_BYTES;
  }

  shift(): ReceivedFrame | undefined {
    const frame = this.#frames[this.#head];
    if (frame === undefined) return undefined;
    this.#frames[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -= frame.payload.length + FRAME_OVERHEAD_BYTES;
    if (this.#head === this.#frames.length) this.clear();
    else if (this.#head === COMPACT_AT) {
      this.#frames.splice(0, COMPACT_AT);
      this.#head = 0;
    }
    return frame;
  }

  clear(): void {
    this.#frames.length = 0;
    this.#head = 0;
    this.#bytes = 0;
  }
}
