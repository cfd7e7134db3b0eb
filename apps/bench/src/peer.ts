/** The peers in addition to grpc-js. They run calls and streams only, with fewer loads. */
export const peerNames = ["connect-node", "trpc-ws", "rust"] as const;

export type PeerName = (typeof peerNames)[number];

export interface Peer {
  /** The supported loads, at the concurrencies that have a target and at one call at a time. */
  readonly loads: readonly string[];
  /** The bounds of the ratio of Aster to the peer, by figure key. */
  readonly targets: Readonly<Record<string, number>>;
}

export const peers: Readonly<Record<PeerName, Peer>> = {
  "connect-node": {
    loads: ["unary.c1", "unary.c64", "stream", "clientStream", "bulk"],
    targets: { "unary.c64": 20 },
  },
  "trpc-ws": {
    loads: ["unary.c1", "unary.c64", "stream"],
    targets: { "unary.c64": 3 },
  },
  rust: {
    loads: ["unary.c1", "unary.c64", "bulk"],
    targets: { p50: 1.5, bulk: 0.6 },
  },
};
