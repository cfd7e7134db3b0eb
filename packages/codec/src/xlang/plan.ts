import { TypeId } from "../bytes/type-id.ts";
import { nestedTypes } from "../schema/nested-types.ts";
import { registryOf } from "../schema/type-scope.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";

import type { Profile } from "./profile.ts";
import { Flag } from "./references.ts";

import { typeInfoBytes } from "./type-info.ts";
import type { TypeMeta } from "./type-meta.ts";

/** All that both engines need to know about a type in one profile. */
export interface TypePlan {
  readonly info: WireTypeInfo;
  readonly profile: Profile;
  /** Fields in the order of the schema: the order of keys of decoded objects. */
  readonly declared: readonly WireField[];
  /** Fields in the order of the wire. */
  readonly ordered: readonly WireField[];
  /** What stands before the fields: the hash of the shape, or nothing. */
  readonly lead: Uint8Array;
  readonly typeInfo: Uint8Array;
  /** What `typeInfo` defines, in profiles whose messages define their types. */
  readonly definition: TypeMeta | undefined;
  /** The type itself, where `typeInfo` gives its two names. */
  readonly named: WireTypeInfo | undefined;
  /** How every message with this type as its root begins. */
  readonly prefix: Uint8Array;
  /** Fields whose values keep their identity. */
  readonly shared: ReadonlySet<WireField>;
  /** Something inside keeps references. */
  readonly tracking: boolean;
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
  const ordered = profile.order(declared);
  const shared = new Set(profile.references ? declared.filter(sharesField) : []);
  const tracking = profile.tracks || (profile.references && keepsReferences([info]));
  const definition = profile.define(info, ordered, shared);
  const typeInfo = typeInfoBytes("struct", info, definition, profile);
  return {
    info,
    profile,
    declared,
    ordered,
    lead: profile.lead(declared, shared),
    typeInfo,
    definition,
    named: typeInfo[0] === TypeId.namedStruct ? info : undefined,
    prefix: Uint8Array.from([profile.header, tracking ? Flag.first : Flag.value, ...typeInfo]),
    shared,
    tracking,
    cost: 24 + 8 * declared.length,
  };
}

/** Whether a field keeps references: it or its type asks for it. */
export function sharesField(field: WireField): boolean {
  return field.ref || (field.type.kind === "struct" && field.type.info().refs);
}

/** Whether references are kept anywhere inside values of some types. */
export function keepsReferences(roots: readonly WireTypeInfo[]): boolean {
  const seen = new Set<WireTypeInfo>(roots);
  for (const info of seen) {
    if (info.refs || info.fields.some(sharesField)) return true;
    for (const field of info.fields) {
      for (const inner of nestedTypes(field.type)) seen.add(inner);
    }
  }
  return false;
}
