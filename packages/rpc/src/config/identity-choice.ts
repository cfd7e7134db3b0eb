import { existsSync } from "node:fs";
import {
  type AsterIdentity,
  type IdentityPeer,
  type IdentityRole,
  identityPeer,
  readIdentity,
} from "@aster/trust/files";
import { invalidSetting, optionError } from "../option-check.ts";
import type { AsterConfig } from "./aster-config.ts";
import type { ConfigChoice } from "./config-choice.ts";
import { homePath } from "./home-path.ts";

/** The key of a node and one entry of its identity file. */
export interface ChosenIdentity {
  readonly path: string;
  /** 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly entry: IdentityPeer | undefined;
  /** The program asked for the file or the entry. */
  readonly asked: boolean;
}

const FILE = ".aster-identity";

/**
 * Reads the identity file that the options or the configuration name, or that of the working
 * directory. Rejects with INVALID_ARGUMENT for a file that cannot be read, and for a `peer` that it
 * does not have.
 */
export async function identityOf(
  { identity, peer }: Pick<ConfigChoice, "identity" | "peer">,
  config: AsterConfig,
  role: IdentityRole,
): Promise<ChosenIdentity | undefined> {
  checkChoice({ identity, peer });
  const named = identity ?? config.get("identityFile");
  const path = homePath(named || FILE);
  if (named === false || (named === undefined && !existsSync(path))) {
    if (peer === undefined) return undefined;
    throw invalidSetting("peer", `option peer: there is no identity file ${path}`);
  }
  const { secretKey, entry } = await readEntry(path, peer, role, originOf(identity, config));
  return { path, secretKey, entry, asked: identity !== undefined || peer !== undefined };
}

/** Reads a file and chooses its entry. `origin` is the place that names the file. */
export async function readEntry(
  path: string,
  name: string | undefined,
  role: IdentityRole,
  origin: string,
): Promise<Pick<ChosenIdentity, "secretKey" | "entry">> {
  try {
    const read: AsterIdentity = await readIdentity(path);
    return { secretKey: read.secretKey.expose(), entry: identityPeer(read, { name, role }) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "unreadable";
    throw invalidSetting("identity", `${origin}: ${problem}`, cause as Error);
  }
}

function originOf(identity: string | false | undefined, config: AsterConfig): string {
  if (identity !== undefined) return "option identity";
  return config.originOf("identityFile") ?? FILE;
}

function checkChoice({ identity, peer }: Pick<ConfigChoice, "identity" | "peer">): void {
  if (identity !== undefined && identity !== false && (typeof identity !== "string" || !identity)) {
    throw optionError("identity", "a path or false", identity);
  }
  if (peer !== undefined && (typeof peer !== "string" || peer === "")) {
    throw optionError("peer", "the name of an entry in the identity file", peer);
  }
}
