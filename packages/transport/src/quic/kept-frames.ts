import { Slab } from "../slab.ts";

export interface KeptFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

const slab = new Slab();

/**
 * Copies of frames that arrived while their channel was paused. The window of the stream bounds
 * them.
 */
export class KeptFrames {
  #frames: KeptFrame[] = [];
  #head = 0;

  get empty(): boolean {
    return this.#head === this.#frames.length;
  }

  /** The frame that `shift` returns next. There must be one. */
  get first(): KeptFrame {
    return this.#frames[this.#head] as KeptFrame;
  }

  push(flags: number, payload: Uint8Array): void {
    this.#frames.push({ flags, payload: slab.copy(payload) });
  }

  shift(): KeptFrame | undefined {
    const frame = this.#frames[this.#head];
    this.#head += 1;
    if (this.#head >= this.#frames.length) {
      this.#frames = [];
      this.#head = 0;
    }
    return frame;
  }
}
