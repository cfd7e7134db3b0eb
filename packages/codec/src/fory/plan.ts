import { registryOf } from "../type-scope.ts";
import type { WireField, WireTypeInfo } from "../wire-type.ts";
import type { Profile } from "./profile.ts";

/** All that both engines need to know about a type in one profile. */
export interface TypePlan {
  readonly info: WireTypeInfo;
  readonly profile: Profile;
  /** Fields in the order of the schema: the order of keys of decoded objects. */
  readonly declared: readonly WireField[];
  /** Fields in the order of the wire. */
  readonly ordered: readonly WireField[];
  readonly hash: number;
  /** The same, little-endian. */
  readonly hashBytes: Uint8Array;
  readonly typeInfo: Uint8Array;
  /** How every message with this type as its root begins. */
  readonly prefix: Uint8Array;
  /** Memory of one decoded object, roughly. */
  readonly cost: number;
}

const plans = new WeakMap<Profile, WeakMap<WireTypeInfo, TypePlan>>();

/** The plan of a type, made once. Throws {@link CodecError} where a recursive getter gives a bad schema. */
export function planOf(info: WireTypeInfo, profile: Profile): TypePlan {
  let ofProfile = plans.get(profile);
  if (!ofProfile) {
    ofProfile = new WeakMap();
    plans.set(profile, ofProfile);
  }
  let plan = ofProfile.get(info);
  if (!plan) {
    plan = make(info, profile);
    ofProfile.set(info, plan);
  }
  return plan;
}

function make(info: WireTypeInfo, profile: Profile): TypePlan {
  const declared = info.fields;
  registryOf(info.scope).confirm(info);
  const hash = profile.hash(declared);
  const hashBytes = new Uint8Array(4);
  new DataView(hashBytes.buffer).setUint32(0, hash, true);
  const typeInfo = profile.typeInfo(info);
  return {
    info,
    profile,
    declared,
    ordered: profile.order(declared),
    hash,
    hashBytes,
    typeInfo,
    prefix: Uint8Array.from([profile.header, 0xff, ...typeInfo]),
    cost: 24 + 8 * declared.length,
  };
}
