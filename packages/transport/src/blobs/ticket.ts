import type { EndpointAddress } from "../address/endpoint.ts";
import type { BlobFormat } from "./blobs.ts";

/** The parts of a ticket `blob…`. */
export interface BlobTicket {
  readonly hash: string;
  readonly format: BlobFormat;
  readonly provider: EndpointAddress;
}
