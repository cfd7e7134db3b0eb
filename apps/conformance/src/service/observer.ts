/** The flags of the frames that the server read from and wrote to one channel. */
export interface FrameFlags {
  readonly read: number[];
  readonly written: number[];
}

/** The observations of one call's handler, and the frames of its channel. */
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

/** Returns the tag of a call. It has a form that {@link tagIn} finds in encoded requests. */
export const tagOf = (call: number): string => `<call ${call}>`;

/** Returns the tag that the bytes of a request contain in plain text, in any serialization mode. */
export function tagIn(bytes: Uint8Array): string | undefined {
  return /<call \d+>/.exec(Buffer.from(bytes).toString("latin1"))?.[0];
}
