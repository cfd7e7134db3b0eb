import type { EndpointAddress, Network, PathStats } from "@aster/transport";

/** A node of a host. JSON in both directions. */
export interface Ways {
  readonly network?: Network;
  readonly localDiscovery?: boolean;
}

/** The items of a stream that have arrived, and its end. */
export interface Counted {
  readonly items: number;
  readonly inOrder: boolean;
  readonly ended: string | null;
}

/** The commands of a peer: the argument and the result of each. */
export interface PeerCommands {
  ready: [null, null];
  serve: [Ways, { readonly id: string; readonly address: string }];
  connect: [Ways & { readonly address: EndpointAddress | string }, null];
  whisper: [text: string, reply: string];
  /** Makes calls one by one. Returns their times in milliseconds. */
  times: [calls: number, readonly number[]];
  count: [{ readonly everyMs: number; readonly bytes: number }, null];
  counted: [null, Counted];
  paths: [null, readonly PathStats[]];
  registry: [
    Ways & { readonly join?: string; readonly storage?: string; readonly timeoutMs?: number },
    { readonly address: string; readonly writerTicket: string | null },
  ];
  publish: [leaseMs: number | null, null];
  services: [null, readonly string[]];
  resolve: [waitMs: number, readonly string[]];
}
