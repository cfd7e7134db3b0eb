import { TypeId } from "../bytes/type-id.ts";
import { type Profile, type ProfileOptions, profileA } from "./profile.ts";
import { exactProfileB, profileB } from "./profile-b.ts";

/** The generation of Fory in which a message is written (docs/fory.md, "Profiles"). */
export type ProfileChoice = "A" | "B";

/** A generation and its options. */
export interface WireProfile extends ProfileOptions {
  readonly profile: ProfileChoice;
  /** True if messages define their types. Profile A cannot write that. */
  readonly compatible: boolean;
}

/**
 * Returns the profile of a message by its first byte, or undefined if it is not a message of Fory.
 */
export function profileOf(bytes: Uint8Array): ProfileChoice | undefined {
  const first = bytes[0];
  return first === 1 ? "B" : first === 2 || first === 3 ? "A" : undefined;
}

/** Profiles by the bits of their options. */
const known: (Profile | undefined)[] = [];

/** Returns the profile with these options: the same object for the same options. */
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

/** Returns true if the first bytes of a message fit the profile that its reader writes. */
export function isInProfile(bytes: Uint8Array, own: Profile): boolean {
  if (bytes[0] !== own.header) return false;
  const id = bytes[2];
  if (own.definitions) return id !== TypeId.struct && id !== TypeId.namedStruct;
  if ((bytes[1] === 0) !== own.tracks) return false;
  return own.id === "A" || (id !== TypeId.compatibleStruct && id !== TypeId.namedCompatibleStruct);
}

/**
 * Returns the profile in which a message must be read. The first bytes decide; where they leave a
 * choice, it is the profile that the codec writes.
 */
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
