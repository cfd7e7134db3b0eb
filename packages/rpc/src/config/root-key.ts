import { readFileSync } from "node:fs";
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
const HEX_KEY = /^[0-9a-f]{64}$/i;

/**
 * The root key of a configuration. Of the key and the file with a key, the one of the higher source
 * counts.
 *
 * Throws INVALID_ARGUMENT for a file that cannot be read or contains no key, and for two different
 * keys of the same source.
 */
export function rootKeyOf(config: AsterConfig): RootKey | undefined {
  const pubkey = config.get("rootPubkey");
  const path = config.get("rootPubkeyFile");
  const own =
    pubkey === undefined ? undefined : { pubkey, origin: config.originOf("rootPubkey") ?? "" };
  if (path === undefined) return own;
  const origin = config.originOf("rootPubkeyFile") ?? "";
  const above = config.layerOf("rootPubkey") - config.layerOf("rootPubkeyFile");
  if (own !== undefined && above > 0) return own;
  const read = { pubkey: readRootKey(path, origin), origin: `${origin} (${path})` };
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

/** Reads 64 hex characters, or JSON with `public_key`. */
function readRootKey(path: string, origin: string): string {
  let text: string;
  try {
    text = readFileSync(homePath(path), "utf8").trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw invalidSetting(OPTION, `${origin}: cannot read ${path} (${code})`, cause as Error);
  }
  const key = text.startsWith("{") ? publicKeyIn(text) : text;
  if (typeof key === "string" && HEX_KEY.test(key)) return key.toLowerCase();
  throw invalidSetting(
    OPTION,
    `${origin}: ${path} contains no root public key; it must have 64 hex characters, or JSON with public_key`,
  );
}

function publicKeyIn(json: string): unknown {
  try {
    return (JSON.parse(json) as { readonly public_key?: unknown }).public_key;
  } catch {
    return undefined;
  }
}
