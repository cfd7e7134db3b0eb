/** What is measured beside ours and grpc-js: calls and streams only, with fewer loads. */
export const peerNames = ["connect-node", "trpc-ws", "rust"] as const;

export type PeerName = (typeof peerNames)[number];

export interface Peer {
  /** The loads it takes: each that it can do, at the concurrencies that have a target, and one call at a time. */
  readonly loads: readonly string[];
  /** Bounds of the ratio ours over theirs, by figure key. */
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
