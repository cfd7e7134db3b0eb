import type { EndpointId } from "@aster/transport";
import type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "../credential/credential.ts";
import { KeyError } from "../keys/key-error.ts";
import type { Secret } from "../keys/secret.ts";

/** The role of a node in a mesh. */
export type IdentityRole = "consumer" | "producer";

export interface IdentityPeerFacts {
  /** Chooses the entry. Unique in a file. */
  readonly name: string;
  /**
   * `false` if the signature fits no form of the attributes (docs/trust.md, "Identity files"), so
   * that every producer would refuse the credential.
   */
  readonly signed: boolean;
  /** Keys that Aster does not use. They are kept when the file is written again. */
  readonly other?: Readonly<Record<string, unknown>> | undefined;
}

/** The membership of a node in one mesh. */
export type IdentityPeer =
  | (IdentityPeerFacts & {
      readonly role: "consumer";
      readonly credential: ConsumerEnrollmentCredential;
    })
  | (IdentityPeerFacts & { readonly role: "producer"; readonly credential: EnrollmentCredential });

/** The identity of a node: its key, and what root keys signed for it. */
export interface AsterIdentity {
  readonly endpointId: EndpointId;
  readonly secretKey: Secret;
  readonly peers: readonly IdentityPeer[];
  /** Tables that Aster does not use. They are kept when the file is written again. */
  readonly other?: Readonly<Record<string, unknown>> | undefined;
}

/** A choice among the entries of an identity. */
export interface PeerChoice {
  readonly name?: string | undefined;
  readonly role?: IdentityRole | undefined;
}

/**
 * Returns the entry with the name; without a name the first with the role, else the first of all.
 * `undefined` if there are no entries.
 *
 * Throws {@link KeyError} `"missing"` for a name that no entry has, and `"malformed"` for an entry
 * that is not signed.
 */
export function identityPeer(
  identity: AsterIdentity,
  { name, role }: PeerChoice = {},
): IdentityPeer | undefined {
  const { peers } = identity;
  const chosen =
    name === undefined
      ? (peers.find((peer) => peer.role === role) ?? peers[0])
      : peers.find((peer) => peer.name === name);
  if (chosen === undefined && name !== undefined) {
    const names = peers.map((peer) => JSON.stringify(peer.name)).join(", ") || "none";
    throw new KeyError(
      "missing",
      `the identity has no peer ${JSON.stringify(name)}; it has ${names}`,
    );
  }
  if (chosen?.signed === false) {
    throw new KeyError(
      "malformed",
      `the signature of the peer ${JSON.stringify(chosen.name)} does not fit its fields; enroll the node again`,
    );
  }
  return chosen;
}

/** Returns the identity with one more entry, which replaces that of the same name. */
export function withIdentityPeer(identity: AsterIdentity, peer: IdentityPeer): AsterIdentity {
  const others = identity.peers.filter(({ name }) => name !== peer.name);
  return { ...identity, peers: [...others, peer] };
}
