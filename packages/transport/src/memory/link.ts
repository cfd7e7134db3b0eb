import type { EndpointId } from "../address/endpoint.ts";
import type { Slab } from "../slab.ts";
import type { MemoryConnection } from "./connection.ts";
import type { Deliveries } from "./deliveries.ts";

/** One node's side of a connection. */
export interface LinkEnd {
  readonly id: EndpointId;
  /** This side speaks plain bytes instead of frames. */
  readonly raw: boolean;
  /** Told once, when the connection has ended. */
  readonly forget: (connection: MemoryConnection) => void;
}

/** What both sides of a connection share. */
export interface Link {
  readonly alpn: string;
  readonly client: LinkEnd;
  readonly server: LinkEnd;
  readonly deliveries: Deliveries;
  readonly slab: Slab;
}
