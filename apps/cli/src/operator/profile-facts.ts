import type { OperatorConfig, Profile } from "./operator-config.ts";

/** A profile as the commands print it. */
export interface ProfileFacts {
  readonly profile: string;
  readonly rootPubkey: string | null;
  readonly active: boolean;
  readonly signer: string;
  /** The place of the root key, `null` if this command did not store it. */
  readonly keyIn: "keyring" | "file" | null;
}

export function profileFacts(config: OperatorConfig, name: string, profile: Profile): ProfileFacts {
  return {
    profile: name,
    rootPubkey: profile.root_pubkey ?? null,
    active: config.active_profile === name,
    signer: profile.signer,
    keyIn: profile.root_key_file === undefined ? (profile.root_key_in ?? null) : "file",
  };
}

/** The cells of a profile in a table. */
export function profileCells({ profile, rootPubkey, active, keyIn }: ProfileFacts): string[] {
  return [active ? "*" : " ", profile, rootPubkey ?? "no root key", keyIn ?? ""];
}
