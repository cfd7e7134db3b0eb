import { AsyncLocalStorage } from "node:async_hooks";

/** The frames of one channel as the server read and wrote them, by their flags. */
export interface Wire {
  readonly read: number[];
  readonly written: number[];
}

/** What the handler of one call noticed. */
export interface Observation {
  calls: number;
  /** Its signal fired. */
  aborted: boolean;
  /** It came to an end, whichever. */
  ended: boolean;
  wire: Wire | undefined;
}

/** Holds what handlers noticed, by the tag of the call. */
export class Observer {
  readonly #observations = new Map<string, Observation>();

  of(tag: string): Observation {
    let observation = this.#observations.get(tag);
    if (observation === undefined) {
      observation = { calls: 0, aborted: false, ended: false, wire: undefined };
      this.#observations.set(tag, observation);
    }
    return observation;
  }
}

/** The wire of the call that a handler answers; see tapped-node.ts. */
export const currentWire = new AsyncLocalStorage<Wire>();
