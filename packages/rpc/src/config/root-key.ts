import { readRootPubkey } from "@aster/trust/files";
import { invalidSetting } from "../option-check.ts";
import type { AsterConfig } from "./aster-config.ts";
import { homePath } from "./home-path.ts";

/** A root public key and its source. */
export interface RootKey {
  /** 64 lower-case hex characters. */
  readonly pubkey: string;
  readonly origin: string;
}

const OPTION = "trust.root_pubkey";

/**
 * The root key of a configuration. Of the key and the file with a key, the one of the higher source
 * counts.
 *
 * Rejects with INVALID_ARGUMENT for a file that cannot be read or contains no key, and for two
 * different keys of the same source.
 */
export async function rootKeyOf(config: AsterConfig): Promise<RootKey | undefined> {
  const pubkey = config.get("rootPubkey");
  const path = config.get("rootPubkeyFile");
  const own =
    pubkey === undefined ? undefined : { pubkey, origin: config.originOf("rootPubkey") ?? "" };
  if (path === undefined) return own;
  const origin = config.originOf("rootPubkeyFile") ?? "";
  const above = config.layerOf("rootPubkey") - config.layerOf("rootPubkeyFile");
  if (own !== undefined && above > 0) return own;
  const read = { pubkey: await readRootKey(path, origin), origin: `${origin} (${path})` };
  return own === undefined || above < 0 ? read : sameRootKey(own, read);
}

/** Returns a root key that two sources give. Throws INVALID_ARGUMENT when they differ. */
export function sameRootKey(one: RootKey | undefined, other: RootKey): RootKey {
  if (one === undefined || one.pubkey === other.pubkey) return one ?? other;
  throw invalidSetting(
    OPTION,
    `${one.origin} and ${other.origin} give different root keys; remove one of them`,
  );
}

async function readRootKey(path: string, origin: string): Promise<string> {
  try {
    return await readRootPubkey(homePath(path));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "unreadable";
    throw invalidSetting(OPTION, `${origin}: ${problem}`, cause as Error);
  }
}
