import { AsyncLocalStorage } from "node:async_hooks";

/** The flags of the frames that the server read from and wrote to one channel. */
export interface FrameFlags {
  readonly read: number[];
  readonly written: number[];
}

/** The observations of one call's handler. */
export interface Observation {
  calls: number;
  /** Its signal fired. */
  aborted: boolean;
  /** It has ended, with or without success. */
  ended: boolean;
  frames: FrameFlags | undefined;
}

/** Collects the observations of handlers by the tag of the call. */
export class Observer {
  readonly #observations = new Map<string, Observation>();

  of(tag: string): Observation {
    let observation = this.#observations.get(tag);
    if (observation === undefined) {
      observation = { calls: 0, aborted: false, ended: false, frames: undefined };
      this.#observations.set(tag, observation);
    }
    return observation;
  }
}

/** The frames of the call that the current handler serves; set by `TappedConnection`. */
export const currentFrames = new AsyncLocalStorage<FrameFlags>();
