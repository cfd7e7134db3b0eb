/** The way to a peer, and the credentials to present. */
export interface PeerOptions {
  /** A credential file, or an identity file with a consumer entry. */
  readonly credential?: string | undefined;
  /** An identity file: the key of this node and its credential. */
  readonly identity?: string | undefined;
  /** The entry of the identity file. */
  readonly peer?: string | undefined;
}

/** Reads the options of `peerOptionSpecs`. */
export function peerOptionsOf(options: Readonly<Record<string, unknown>>): PeerOptions {
  const { credential, rcan, identity, peer } = options as Record<string, string | undefined>;
  return { credential: credential ?? rcan, identity, peer };
}
