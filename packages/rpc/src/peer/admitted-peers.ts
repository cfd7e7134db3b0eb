import type { AllowList, EndpointId } from "@aster/transport";
import {
  type PeerAdmission,
  type PeerRecord,
  PeerStore,
  type PeerStoreOptions,
} from "@aster/trust";

/**
 * The admitted peers of a server. With a closed gate, the node accepts connections of these.
 *
 * It counts its changes, so that the server need not look a peer up for each call.
 */
export class AdmittedPeers extends PeerStore {
  changes = 0;
  readonly #listed = new Set<EndpointId>();
  #list: AllowList | undefined;

  constructor(options?: PeerStoreOptions) {
    super(options);
    this.onLapse((peer) => {
      this.changes += 1;
      this.#listed.delete(peer);
      this.#list?.remove(peer);
    });
  }

  /** Puts the peers on this list from now on, as long as they are admitted. */
  listOn(list: AllowList): void {
    this.#list = list;
  }

  /** Forgets all peers, also on the list, without a report of their ends. */
  override close(): void {
    super.close();
    this.changes += 1;
    for (const peer of this.#listed) this.#list?.remove(peer);
    this.#listed.clear();
    this.#list = undefined;
  }

  override admit(peer: EndpointId, admission: PeerAdmission): PeerRecord {
    const record = super.admit(peer, admission);
    this.changes += 1;
    if (this.#list !== undefined) {
      this.#listed.add(peer);
      this.#list.allow(peer);
    }
    return record;
  }
}
