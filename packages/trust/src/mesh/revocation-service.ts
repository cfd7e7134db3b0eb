import type { Connection, EndpointId, Node } from "@aster/transport";
import type { ProducerMesh } from "../admission/producer-mesh.ts";
import { REVOCATIONS_ALPN } from "../protocol.ts";
import type { Revocations } from "../revocation/revocations.ts";
import { serveRevocations } from "./revocation-exchange.ts";

const FORBIDDEN = 403;
const BUSY = 8;
const MOST_EXCHANGES = 16;

/** Gives the list of revoked endpoints to the members of a mesh, one at a time to each. */
export class RevocationService {
  readonly #incoming: AsyncIterableIterator<Connection>;
  readonly #mesh: ProducerMesh;
  readonly #revocations: Revocations;
  readonly #peers = new Set<EndpointId>();
  #refused = 0;

  /** Throws `TransportError` `"bind"` if the node serves another mesh already. */
  constructor(node: Node, mesh: ProducerMesh, revocations: Revocations) {
    this.#mesh = mesh;
    this.#revocations = revocations;
    this.#incoming = node.accept([REVOCATIONS_ALPN], { raw: [REVOCATIONS_ALPN] });
    this.#serve().catch(() => {});
  }

  /** Connections of peers that are not members, or that came in addition to others. */
  get refused(): number {
    return this.#refused;
  }

  async close(): Promise<void> {
    await this.#incoming.return?.();
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#incoming) {
      const { peer } = connection;
      if (!this.#mesh.has(peer)) this.#refuse(connection, FORBIDDEN, "not a member");
      else if (this.#peers.size >= MOST_EXCHANGES || this.#peers.has(peer)) {
        this.#refuse(connection, BUSY, "busy");
      } else {
        this.#peers.add(peer);
        void connection.closed.then(() => this.#peers.delete(peer));
        serveRevocations(connection, this.#revocations);
      }
    }
  }

  #refuse(connection: Connection, code: number, reason: string): void {
    this.#refused += 1;
    connection.close(code, reason);
  }
}
