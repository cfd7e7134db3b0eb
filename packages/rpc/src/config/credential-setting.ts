import { readFileSync } from "node:fs";
import { type ConsumerEnrollmentCredential, CredentialError } from "@aster/trust";
import { type IdentityPeer, KeyError, readCredential } from "@aster/trust/files";
import { invalidSetting } from "../option-check.ts";
import type { AsterConfig } from "./aster-config.ts";
import { homePath } from "./home-path.ts";
import { type ChosenIdentity, readEntry } from "./identity-choice.ts";
import { rootKeyOf } from "./root-key.ts";

const OPTION = "trust.enrollment_credential";

/** A credential of the configuration, and the key of the node that it belongs to. */
export interface ConfiguredCredential {
  readonly credential: ConsumerEnrollmentCredential;
  /** 32 bytes; `undefined` if the file of the credential has no key. */
  readonly secretKey?: Uint8Array | undefined;
  readonly origin: string;
}

/**
 * The credential that a client presents: the entry of the identity file, if the program asked for
 * it; else the credential file of the configuration; else the entry of an identity file that is
 * there.
 *
 * Rejects with INVALID_ARGUMENT for a file without a credential, and for a credential of another
 * root key than that of the configuration.
 */
export async function credentialOf(
  identity: ChosenIdentity | undefined,
  config: AsterConfig,
  peer: string | undefined,
): Promise<ConfiguredCredential | undefined> {
  const path = config.get("enrollmentCredential");
  const found =
    path !== undefined && identity?.asked !== true
      ? await credentialAt(homePath(path), config.originOf("enrollmentCredential") ?? "", peer)
      : fromIdentity(identity);
  const root = await rootKeyOf(config);
  if (found === undefined || root === undefined) return found;
  if (found.credential.rootPubkey === root.pubkey) return found;
  throw invalidSetting(
    OPTION,
    `${found.origin}: the credential is not of the root key of ${root.origin}; choose another one`,
  );
}

/**
 * Throws INVALID_ARGUMENT for a credential that is bound to another endpoint than that of the
 * client. `endpointId` is `undefined` for a new key at every start.
 */
export function checkEndpoint(
  { credential, origin }: ConfiguredCredential,
  endpointId: string | undefined,
): void {
  const bound = credential.endpointId;
  if (bound === undefined || bound === endpointId) return;
  const own = endpointId === undefined ? "has a new key at every start" : `is ${endpointId}`;
  throw invalidSetting(
    "network.secret_key",
    `${origin}: the credential is bound to the endpoint ${bound}, and this node ${own}; set the secret key of that endpoint`,
  );
}

function fromIdentity(identity: ChosenIdentity | undefined): ConfiguredCredential | undefined {
  const credential = consumerCredential(identity?.entry);
  if (identity === undefined || credential === undefined) return undefined;
  return { credential, secretKey: identity.secretKey, origin: identity.path };
}

async function credentialAt(
  path: string,
  origin: string,
  peer: string | undefined,
): Promise<ConfiguredCredential> {
  if (isJson(path, origin)) return { credential: await stored(path, origin), origin };
  const { entry, secretKey } = await readEntry(path, peer, "consumer", origin);
  const credential = consumerCredential(entry);
  if (credential === undefined) throw noConsumer(path, origin);
  return { credential, secretKey, origin };
}

/** Returns `false` for what can only be an identity file. */
function isJson(path: string, origin: string): boolean {
  try {
    return readFileSync(path, "utf8").trimStart().startsWith("{");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw invalidSetting(OPTION, `${origin}: cannot read ${path} (${code})`, cause as Error);
  }
}

async function stored(path: string, origin: string): Promise<ConsumerEnrollmentCredential> {
  try {
    const credential = await readCredential(path);
    if ("type" in credential) return credential;
  } catch (cause) {
    if (!(cause instanceof CredentialError) && !(cause instanceof KeyError)) throw cause;
    throw invalidSetting(OPTION, `${origin}: ${cause.message}`, cause);
  }
  throw noConsumer(path, origin);
}

function noConsumer(path: string, origin: string): Error {
  return invalidSetting(OPTION, `${origin}: ${path} has no credential of a consumer`);
}

function consumerCredential(
  entry: IdentityPeer | undefined,
): ConsumerEnrollmentCredential | undefined {
  return entry?.role === "consumer" ? entry.credential : undefined;
}
