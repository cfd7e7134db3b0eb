import type { MethodPattern } from "../message.ts";
import type { ServiceScope } from "../options.ts";
import type { CapabilityRequirement } from "../requirement.ts";

/**
 * The model that is hashed, field for field as `docs/contract.md`, “Canonical bytes”, lists it.
 * Users build service definitions; this is what they become.
 */

/** Numbers are the ones written into the canonical bytes. */
export const MethodPatternCode: Readonly<Record<MethodPattern, number>> = {
  unary: 0,
  server_stream: 1,
  client_stream: 2,
  bidi_stream: 3,
};

export const ScopeCode: Readonly<Record<ServiceScope, number>> = { shared: 0, session: 1 };
export const RequirementCode: Readonly<Record<CapabilityRequirement["kind"], number>> = {
  role: 0,
  any_of: 1,
  all_of: 2,
};
export const TypeDefCode = { message: 0, enum: 1, union: 2 } as const;
export const TypeKindCode = { primitive: 0, ref: 1, self_ref: 2, any: 3 } as const;
export const ContainerCode = { none: 0, list: 1, set: 2, map: 3 } as const;

/** One service as it is hashed. Types are named by hash only. */
export interface ServiceContract {
  readonly name: string;
  readonly version: number;
  readonly methods: readonly MethodDef[];
  /** Lower-case names in declared order. */
  readonly serializationModes: readonly string[];
  readonly scoped: ServiceScope;
  readonly requires?: CapabilityRequirement | undefined;
}

/** One method of a {@link ServiceContract}. */
export interface MethodDef {
  readonly name: string;
  readonly pattern: MethodPattern;
  /** 32 bytes. */
  readonly requestType: Uint8Array;
  /** 32 bytes. */
  readonly responseType: Uint8Array;
  readonly idempotent: boolean;
  /** Seconds; 0 when there is none. */
  readonly defaultTimeout: number;
  readonly requires?: CapabilityRequirement | undefined;
}

/** One wire type as it is hashed. */
export interface TypeDef {
  readonly kind: keyof typeof TypeDefCode;
  readonly package: string;
  readonly name: string;
  readonly fields: readonly FieldDef[];
  readonly enumValues: readonly EnumValueDef[];
  readonly unionVariants: readonly UnionVariantDef[];
}

/** One field of a message. Of a container, kind, primitive and reference describe the element. */
export interface FieldDef {
  /** Counted from 1 in declaration order. */
  readonly id: number;
  readonly name: string;
  readonly typeKind: keyof typeof TypeKindCode;
  /** Set when the kind is `primitive`, else empty. */
  readonly typePrimitive: string;
  /** A 32-byte hash when the kind is `ref`, else empty but for members of a larger cycle. */
  readonly typeRef: Uint8Array;
  /** The dotted name of a type in the same cycle when the kind is `self_ref`, else empty. */
  readonly selfRefName: string;
  readonly optional: boolean;
  readonly refTracked: boolean;
  readonly container: keyof typeof ContainerCode;
  readonly containerKeyKind: keyof typeof TypeKindCode;
  readonly containerKeyPrimitive: string;
  readonly containerKeyRef: Uint8Array;
}

export interface EnumValueDef {
  readonly name: string;
  readonly value: number;
}

export interface UnionVariantDef {
  readonly name: string;
  readonly id: number;
  readonly typeRef: Uint8Array;
}
