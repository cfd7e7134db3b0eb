import { Slab } from "../slab.ts";

export interface KeptFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

const slab = new Slab();

/** The memory of a frame beside its payload. */
const FRAME_BYTES = 160;

/** Returns the memory that a frame takes while it is kept. */
export function keptBytes(payload: Uint8Array): number {
  return payload.length + FRAME_BYTES;
}

/**
 * Copies of frames that arrived while their channel was paused. The window of the stream bounds
 * them.
 */
export class KeptFrames {
  #frames: KeptFrame[] = [];
  #head = 0;
  #bytes = 0;

  /** The memory of all frames. */
  get bytes(): number {
    return this.#bytes;
  }

  get empty(): boolean {
    return this.#head === this.#frames.length;
  }

  /** The frame that `shift` returns next. There must be one. */
  get first(): KeptFrame {
    return this.#frames[this.#head] as KeptFrame;
  }

  push(flags: number, payload: Uint8Array): void {
    this.#bytes += keptBytes(payload);
    this.#frames.push({ flags, payload: slab.copy(payload) });
  }

  shift(): KeptFrame | undefined {
    const frame = this.#frames[this.#head];
    if (frame !== undefined) this.#bytes -= keptBytes(frame.payload);
    this.#head += 1;
    if (this.#head >= this.#frames.length) {
      this.#frames = [];
      this.#head = 0;
    }
    return frame;
  }
}
