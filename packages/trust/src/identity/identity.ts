import { type EndpointId, endpointIdOf, generateSecretKey } from "@aster/transport";
import type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "../credential/credential.ts";
import { isSignedBy } from "../credential/verify.ts";
import { KeyError } from "../keys/key-error.ts";
import { keyBytesOf, Secret } from "../keys/secret.ts";

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

/** An entry to add to an identity. */
export type NewIdentityPeer =
  | {
      readonly name: string;
      readonly role: "consumer";
      readonly credential: ConsumerEnrollmentCredential;
    }
  | {
      readonly name: string;
      readonly role: "producer";
      readonly credential: EnrollmentCredential;
    };

/** Returns an identity without entries. Default: with a new key. */
export function newIdentity(secretKey: Secret | Uint8Array = generateSecretKey()): AsterIdentity {
  const bytes = keyBytesOf("secretKey", secretKey);
  return { endpointId: endpointIdOf(bytes), secretKey: Secret.of(bytes), peers: [] };
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
  choice: PeerChoice & { readonly name: string },
): IdentityPeer;
export function identityPeer(
  identity: AsterIdentity,
  choice?: PeerChoice,
): IdentityPeer | undefined;
export function identityPeer(
  identity: AsterIdentity,
  choice: PeerChoice = {},
): IdentityPeer | undefined {
  const chosen =
    choice.name === undefined ? firstPeer(identity, choice) : peerOf(identity, choice.name);
  if (chosen?.signed === false) {
    throw new KeyError(
      "malformed",
      `the signature of the peer ${JSON.stringify(chosen.name)} does not fit its fields; ` +
        "enroll the node again",
    );
  }
  return chosen;
}

/**
 * Returns the identity with one more entry, which replaces that of the same name. Throws
 * {@link KeyError} `"malformed"` if the credential is not signed by the root key that it names, or
 * is bound to another node.
 */
export function withIdentityPeer(identity: AsterIdentity, peer: NewIdentityPeer): AsterIdentity {
  const { name, credential } = peer;
  if (!isSignedBy(credential, credential.rootPubkey)) {
    throw new KeyError(
      "malformed",
      `the credential for the peer ${JSON.stringify(name)} is not signed by its root key`,
    );
  }
  if (credential.endpointId !== undefined && credential.endpointId !== identity.endpointId) {
    throw new KeyError(
      "malformed",
      `the credential for the peer ${JSON.stringify(name)} is bound to the endpoint ` +
        `${credential.endpointId}, not to ${identity.endpointId} of this identity`,
    );
  }
  const others = identity.peers.filter((other) => other.name !== name);
  return { ...identity, peers: [...others, { ...peer, signed: true }] };
}

function firstPeer({ peers }: AsterIdentity, { role }: PeerChoice): IdentityPeer | undefined {
  return peers.find((peer) => peer.role === role) ?? peers[0];
}

function peerOf({ peers }: AsterIdentity, name: string): IdentityPeer {
  const chosen = peers.find((peer) => peer.name === name);
  if (chosen !== undefined) return chosen;
  const names = peers.map((peer) => JSON.stringify(peer.name)).join(", ") || "none";
  throw new KeyError(
    "missing",
    `the identity has no peer ${JSON.stringify(name)}; it has ${names}`,
  );
}
