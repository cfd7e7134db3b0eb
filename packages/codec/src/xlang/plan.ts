import { TypeId } from "../bytes/type-id.ts";
import { keepsReferences, sharesField } from "../schema/nested-types.ts";
import { registryOf } from "../schema/type-scope.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";
import { identityOf } from "./identity-of.ts";
import type { Profile } from "./profile.ts";
import { Flag } from "./references.ts";
import { typeInfoBytes } from "./type-info.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { Target } from "./values/value-op.ts";

// A plan is the profile's view of one type: the order of the fields, the bytes before them, the
// type info. `planOf` makes it when an engine first binds the type. Both engines work from it.

/**
 * Everything about a type in one profile that both engines need. Plans are made once per type and
 * profile.
 */
export interface TypePlan {
  readonly info: WireTypeInfo;
  readonly profile: Profile;
  /** Fields in the order of the schema, which is the order of keys in decoded objects. */
  readonly declared: readonly WireField[];
  /** Fields in the order of the wire. */
  readonly ordered: readonly WireField[];
  /** The bytes before the fields: the hash of the shape, or nothing. */
  readonly lead: Uint8Array;
  readonly typeInfo: Uint8Array;
  /** The definition in `typeInfo`, in profiles whose messages define their types. */
  readonly definition: TypeMeta | undefined;
  /** The type itself, if `typeInfo` contains its two names. */
  readonly named: WireTypeInfo | undefined;
  /** The first bytes of every message with this type as its root. */
  readonly prefix: Uint8Array;
  /** Fields whose values keep their identity. */
  readonly shared: ReadonlySet<WireField>;
  /** True if values inside keep references. */
  readonly tracking: boolean;
  /** Approximate memory of one decoded object. */
  readonly cost: number;
  /** The type of decoded objects, as targets of references. */
  readonly target: Target;
}

/** Returns the shape of a type's values, for references: equal tags do not make equal types. */
export function shapeOf(given: WireTypeInfo): string {
  const info = given.base ?? given;
  return `${info.tag} ${identityOf(info)}`;
}

const plans = new WeakMap<Profile, WeakMap<WireTypeInfo, TypePlan>>();

/**
 * Returns the plan of a type. Throws `CodecError` if a recursive getter returns a bad schema.
 */
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
    target: { shape: shapeOf(info), refs: profile.references && info.refs },
  };
}
