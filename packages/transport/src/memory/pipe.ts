import type { EndpointId } from "../address/endpoint.ts";
import type { Slab } from "../slab.ts";
import type { MemoryConnection } from "./connection.ts";
import type { Deliveries } from "./deliveries.ts";

/** One side of a {@link Pipe}. */
export interface PipeEnd {
  readonly id: EndpointId;
  /** This side sends and receives plain bytes instead of frames. */
  readonly raw: boolean;
  /** Called once, when the connection has ended. */
  readonly forget: (connection: MemoryConnection) => void;
}

/** The properties that both sides of a memory connection share. */
export interface Pipe {
  readonly alpn: string;
  readonly client: PipeEnd;
  readonly server: PipeEnd;
  readonly deliveries: Deliveries;
  readonly slab: Slab;
  /** The channels that one side may have open at a time; further ones wait. */
  readonly maxChannels: number;
  /** Channels hand values over as they are, beside frames. */
  readonly passesValues: boolean;
  /** Both sides are the same program. */
  readonly trusted: boolean;
}
