import { CredentialError } from "@aster/trust";
import {
  type IdentityPeer,
  readCredential,
  readIdentity,
  type StoredCredential,
} from "@aster/trust/files";
import { usageFailure } from "../command/failure.ts";
import { readText } from "../files/read-file.ts";

/** A credential as the commands print it. */
export interface CredentialFacts {
  readonly type: "policy" | "ott" | "producer";
  readonly rootPubkey: string;
  readonly endpointId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly expired: boolean;
}

/**
 * Reads a credential file, or an entry of an identity file: that with the name `peer`, else the
 * first. The signature is not checked.
 */
export async function credentialIn(
  path: string,
  peer: string | undefined,
): Promise<StoredCredential> {
  const isJson = (await readText(path)).trimStart().startsWith("{");
  if (isJson) return await readCredential(path);
  const { peers } = await readIdentity(path);
  return entryOf(peers, peer, path).credential;
}

export function credentialFacts(credential: StoredCredential): CredentialFacts {
  const { rootPubkey, endpointId = null, attributes, expiresAt } = credential;
  return {
    type: "type" in credential ? credential.type : "producer",
    rootPubkey,
    endpointId,
    attributes,
    expiresAt,
    expired: expiresAt * 1000 <= Date.now(),
  };
}

/** The rows of a credential in a table. */
export function credentialRows(facts: CredentialFacts): [string, string][] {
  const expiry =
    facts.expiresAt > 8.64e12 ? "never" : new Date(facts.expiresAt * 1000).toISOString();
  return [
    ["type", facts.type],
    ["root key", facts.rootPubkey],
    ["endpoint", facts.endpointId ?? "any"],
    ...Object.entries(facts.attributes).map(([name, value]): [string, string] => [name, value]),
    ["expires", `${expiry}${facts.expired ? " (expired)" : ""}`],
  ];
}

function entryOf(
  peers: readonly IdentityPeer[],
  name: string | undefined,
  path: string,
): IdentityPeer {
  const entry = name === undefined ? peers[0] : peers.find((each) => each.name === name);
  if (entry !== undefined) return entry;
  const names = peers.map((each) => each.name).join(", ") || "none";
  if (name === undefined) throw new CredentialError("malformed", `${path} has no entries`);
  throw usageFailure(`${path} has no entry "${name}"`, `it has: ${names}`);
}
