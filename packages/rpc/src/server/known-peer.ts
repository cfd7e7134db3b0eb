import type { PeerRecord } from "@aster/trust";
import type { PeerDirectory } from "./server-options.ts";

/** One peer as the directory of its server knows it, looked up again only after a change. */
export class KnownPeer {
  readonly #peer: string;
  readonly #directory: PeerDirectory | undefined;
  #record: PeerRecord | undefined;
  /** The changes of the directory before the last look; -1 before the first one. */
  #changes = -1;

  constructor(peer: string, directory: PeerDirectory | undefined) {
    this.#peer = peer;
    this.#directory = directory;
  }

  get record(): PeerRecord | undefined {
    const changes = this.#directory?.changes;
    if (changes === undefined) return this.#directory?.get(this.#peer);
    if (changes !== this.#changes) {
      this.#record = this.#directory?.get(this.#peer);
      // as of now: a look that finds the end of an admission is a change
      this.#changes = this.#directory?.changes ?? -1;
    }
    return this.#record;
  }
}
