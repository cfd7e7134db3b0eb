import { TypeId } from "../bytes/type-id.ts";
import { type Profile, type ProfileOptions, profileA } from "./profile.ts";
import { exactProfileB, profileB } from "./profile-b.ts";

/** The generation of Fory that a message is written in (docs/fory.md, "Profiles"). */
export type ProfileChoice = "A" | "B";

/** A generation and its options. */
export interface WireProfile extends ProfileOptions {
  readonly profile: ProfileChoice;
  /** Messages define their types; profile A cannot write that. */
  readonly compatible: boolean;
}

/** The profile of a message by its first byte; undefined for what is no message of Fory's. */
export function profileOf(bytes: Uint8Array): ProfileChoice | undefined {
  const first = bytes[0];
  return first === 1 ? "B" : first === 2 || first === 3 ? "A" : undefined;
}

/** By the bits of their options. */
const known: (Profile | undefined)[] = [];

/** The profile with these options, the same object for the same ones. */
export function profileFor({ profile, compatible, refs, ids }: WireProfile): Profile {
  const options: ProfileOptions =
    profile === "A" ? { refs: refs === true, ids } : { refs, ids: true };
  const key =
    (profile === "B" ? (compatible ? 2 : 1) : 0) * 8 +
    (options.refs === undefined ? 2 : Number(options.refs)) * 2 +
    Number(options.ids);
  let made = known[key];
  if (!made) {
    const make = profile === "A" ? profileA : compatible ? profileB : exactProfileB;
    made = make(options);
    known[key] = made;
  }
  return made;
}

/** Whether a message is in the profile that its reader writes, as far as its first bytes tell. */
export function isInProfile(bytes: Uint8Array, own: Profile): boolean {
  if (bytes[0] !== own.header) return false;
  const id = bytes[2];
  if (own.definitions) return id !== TypeId.struct && id !== TypeId.namedStruct;
  if ((bytes[1] === 0) !== own.tracks) return false;
  return own.id === "A" || (id !== TypeId.compatibleStruct && id !== TypeId.namedCompatibleStruct);
}

/** The profile that a message must be read in, by its first bytes: the one that a codec writes where they leave it open. */
export function profileToRead(bytes: Uint8Array, own: WireProfile): Profile {
  const profile = profileOf(bytes) ?? own.profile;
  const tracked = bytes[1] === 0;
  const exact = bytes[2] === TypeId.struct || bytes[2] === TypeId.namedStruct;
  const defined = bytes[2] === TypeId.compatibleStruct || bytes[2] === TypeId.namedCompatibleStruct;
  if (profile === "A") {
    return profileFor({ profile, compatible: false, refs: tracked, ids: own.ids });
  }
  const compatible = defined || (!exact && (own.profile === "A" || own.compatible));
  const refs = compatible ? (own.profile === "B" ? own.refs : undefined) : tracked;
  return profileFor({ profile, compatible, refs, ids: true });
}
