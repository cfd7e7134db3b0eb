import type { Slot } from "../document/slot.ts";
import type { ArtifactRef } from "../entries/artifact-ref.ts";
import type { AccessList } from "../entries/keys.ts";
import type { EndpointLease } from "../entries/lease.ts";

/**
 * A change of a registry. `key` is the key of the document.
 *
 * - `"lease"`: an endpoint has written or renewed its lease
 * - `"down"`: an endpoint has withdrawn its lease, let it expire, or announced its end by gossip
 * - `"contract"`: a contract was published
 * - `"pointer"`: a version, channel or tag refers to a contract; `contractId` is `undefined` when
 *   it no longer does
 * - `"acl"`: an access list has changed; `authors` is `undefined` when there is none
 */
export type RegistryEvent =
  | {
      readonly kind: "lease";
      readonly key: string;
      readonly service: string;
      readonly contractId: string;
      readonly endpointId: string;
      readonly lease: EndpointLease;
    }
  | {
      readonly kind: "down";
      readonly key: string;
      readonly service: string;
      readonly contractId: string;
      readonly endpointId: string;
    }
  | {
      readonly kind: "contract";
      readonly key: string;
      readonly contractId: string;
      readonly ref: ArtifactRef | undefined;
    }
  | {
      readonly kind: "pointer";
      readonly key: string;
      readonly service: string;
      readonly contractId: string | undefined;
    }
  | {
      readonly kind: "acl";
      readonly key: string;
      readonly list: AccessList;
      readonly authors: readonly string[] | undefined;
    };

/**
 * The event that describes the present state of a slot; `undefined` for one without events.
 * `isDown` says that the endpoint of the lease has announced its end.
 */
export function eventOf(slot: Slot, isDown: boolean): RegistryEvent | undefined {
  const { key, text, shown } = slot;
  const value = shown?.value;
  switch (key.kind) {
    case "lease": {
      const { service, contractId, endpointId } = key;
      const subject = { key: text, service, contractId, endpointId };
      const lease = value?.kind === "lease" ? value.lease : undefined;
      if (lease === undefined || isDown) return { kind: "down", ...subject };
      return { kind: "lease", ...subject, lease };
    }
    case "contract": {
      const ref = value?.kind === "contract" ? value.ref : undefined;
      return { kind: "contract", key: text, contractId: key.contractId, ref };
    }
    case "version":
    case "channel":
    case "tag": {
      const contractId = value?.kind === "pointer" ? value.contractId : undefined;
      return { kind: "pointer", key: text, service: key.service, contractId };
    }
    case "acl": {
      const authors = value?.kind === "authors" ? value.authors : undefined;
      return { kind: "acl", key: text, list: key.list, authors };
    }
    default:
      return undefined;
  }
}
