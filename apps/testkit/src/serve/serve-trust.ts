import type { AsterServerOptions } from "@aster/rpc";
import { fileNonceStore, openGate } from "@aster/trust";
import { identityPeer, readIdentity, readRootPubkey } from "@aster/trust/files";
import { UsageError } from "../usage.ts";
import type { TrustOptions } from "./serve-options.ts";

/** The options of a server that belong to its trust. */
export type ServerTrustOptions = Pick<
  AsterServerOptions,
  "gate" | "rootPubkey" | "identity" | "peer" | "tokens" | "revocations" | "admissionLimits"
>;

/**
 * Returns the gate of a server: closed with a root key or an identity, otherwise open. Rejects with
 * {@link UsageError} if the root key is not that of the identity.
 */
export async function serverTrust(options: TrustOptions): Promise<ServerTrustOptions> {
  const { rootPub, identity, peer, oneTimeStore, revocations, admissionLimits } = options;
  const common = { admissionLimits, identity: identity ?? (false as const), peer };
  const named = rootPub === undefined ? undefined : await readRootPubkey(rootPub);
  const entered = identity === undefined ? undefined : await rootOfEntry(identity, peer);
  if (named !== undefined && entered !== undefined && named !== entered) {
    throw new UsageError(`--root-pub ${rootPub} is not the root key of --identity ${identity}`);
  }
  const rootPubkey = named ?? entered;
  if (rootPubkey === undefined) return { ...common, gate: openGate({ production: true }) };
  return {
    ...common,
    rootPubkey,
    tokens: oneTimeStore === undefined ? undefined : fileNonceStore(oneTimeStore),
    revocations,
  };
}

/** The root key of the entry that a server takes from an identity file. */
async function rootOfEntry(path: string, name: string | undefined): Promise<string> {
  const entry = identityPeer(await readIdentity(path), { name, role: "producer" });
  if (entry !== undefined) return entry.credential.rootPubkey;
  throw new UsageError(`--identity ${path} has no entry; make one with "testkit identity"`);
}
