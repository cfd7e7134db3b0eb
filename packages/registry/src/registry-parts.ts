import type { Clock } from "./clock.ts";
import type { RegistryBlobs, RegistryDocument, RegistryTopic } from "./document/document.ts";
import type { EndpointFigures } from "./publish/lease-keeper.ts";

/** Everything that a registry uses of its node. */
export interface RegistryParts {
  readonly document: RegistryDocument;
  readonly blobs: RegistryBlobs;
  /** Without a topic, changes arrive by the document alone. */
  readonly topic?: RegistryTopic | undefined;
  readonly clock: Clock;
  readonly endpointId: string;
  /** The author that created the registry, if it is known. */
  readonly owner: string | undefined;
  /** The present addresses of the node. */
  readonly addresses: () => Pick<EndpointFigures, "directAddrs" | "relayUrl">;
  /** Writes the address that others join with. */
  readonly address: (owner: string | undefined) => string;
  /** Makes a secret text with which others join and write. */
  readonly writerTicket: () => Promise<string>;
  readonly close: () => Promise<void>;
}
