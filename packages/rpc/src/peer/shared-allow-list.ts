import type { AllowList, EndpointId } from "@aster/transport";

/** Several lists on one allow-list: a peer stays on it as long as one of them has it. */
export class SharedAllowList {
  readonly #list: AllowList;
  readonly #holders = new Map<EndpointId, Set<AllowList>>();

  constructor(list: AllowList) {
    this.#list = list;
  }

  /** Returns a list of its own for one use. */
  share(): AllowList {
    const part: AllowList = {
      allow: (peer) => {
        const holders = this.#holders.get(peer);
        if (holders !== undefined) holders.add(part);
        else this.#holders.set(peer, new Set([part]));
        this.#list.allow(peer);
      },
      remove: (peer) => {
        const holders = this.#holders.get(peer);
        if (holders === undefined || !holders.delete(part) || holders.size > 0) return;
        this.#holders.delete(peer);
        this.#list.remove(peer);
      },
    };
    return part;
  }
}
