import { Slab } from "../slab.ts";

export interface KeptFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
  /** The payload has memory of its own, which {@link freeMemory} frees. */
  readonly owned: boolean;
}

/** The ES2024 method of array buffers. */
interface Detachable {
  transfer?(newByteLength: number): ArrayBuffer;
}

const slab = new Slab();

/** The memory of a frame beside its payload. */
const FRAME_BYTES = 160;

/** Returns the memory that a frame takes while it is kept. */
export function keptBytes(payload: Uint8Array): number {
  return payload.length + FRAME_BYTES;
}

/**
 * Frees the memory of a frame at once. Left to the garbage collector, large ones make it run often.
 */
export function freeMemory(payload: Uint8Array): void {
  (payload.buffer as ArrayBuffer & Detachable).transfer?.(0);
}

/** Frames that arrived while their channel was paused. The window of the stream bounds them. */
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

  /** Adds a copy of a frame, or the frame itself if it is `owned`. */
  push(flags: number, payload: Uint8Array, owned: boolean): void {
    this.#bytes += keptBytes(payload);
    this.#frames.push({ flags, payload: owned ? payload : slab.copy(payload), owned });
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

  /** Frees the frames that are left. */
  drop(): void {
    for (let at = this.#head; at < this.#frames.length; at++) {
      const { payload, owned } = this.#frames[at] as KeptFrame;
      if (owned) freeMemory(payload);
    }
  }
}
