import type { MethodPattern } from "../message.ts";
import type { ServiceScope } from "../options.ts";
import type { CapabilityRequirement } from "../requirement.ts";

// The model that is hashed, field for field as in docs/contract.md, "Canonical bytes". It is
// computed from service definitions. The numbers are those in the canonical bytes.

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

/** A service in the form that is hashed. It refers to types by their hash. */
export interface ServiceContract {
  readonly name: string;
  readonly version: number;
  readonly methods: readonly MethodDef[];
  /** Lower-case names in declaration order. */
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
  /** Seconds; 0 for none. */
  readonly defaultTimeout: number;
  readonly requires?: CapabilityRequirement | undefined;
}

/** A wire type in the form that is hashed. */
export interface TypeDef {
  readonly kind: keyof typeof TypeDefCode;
  readonly package: string;
  readonly name: string;
  readonly fields: readonly FieldDef[];
  readonly enumValues: readonly EnumValueDef[];
  readonly unionVariants: readonly UnionVariantDef[];
}

/** A field of a message. For a container, kind, primitive and reference describe the element. */
export interface FieldDef {
  /** From 1, in declaration order. */
  readonly id: number;
  readonly name: string;
  readonly typeKind: keyof typeof TypeKindCode;
  /** The name of the primitive if the kind is `primitive`, else empty. */
  readonly typePrimitive: string;
  /** A 32-byte hash if the kind is `ref` or the type is in a cycle of several types, else empty. */
  readonly typeRef: Uint8Array;
  /** The dotted name of a type of the same cycle if the kind is `self_ref`, else empty. */
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
