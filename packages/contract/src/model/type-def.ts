import type { ElementType, FieldType, WireField, WireTypeInfo } from "@aster/codec";
import type { FieldDef, TypeDef } from "./service-contract.ts";

/** A reference to a type, in the bytes of another type. */
export interface TypeReference {
  readonly typeKind: "ref" | "self_ref";
  readonly typeRef: Uint8Array;
  readonly selfRefName: string;
}

/** Gives the references to types that a type definition contains. */
export interface References {
  /** The reference to a wire type. */
  to(info: WireTypeInfo): TypeReference;
  /** The hash of a union. A union has a definition but no tag. */
  union(definition: TypeDef): Uint8Array;
}

type Target = Pick<FieldDef, "typeKind" | "typePrimitive" | "typeRef" | "selfRefName">;

const NONE = new Uint8Array();
const ANY: Target = { typeKind: "any", typePrimitive: "", typeRef: NONE, selfRefName: "" };

/**
 * The kinds that are hashed by name (docs/contract.md, "Field types"). The Python package hashes
 * the other kinds that it can declare as `any`, and so does this package.
 */
const PRIMITIVES: ReadonlyMap<FieldType["kind"], string> = new Map([
  ["bool", "bool"],
  ["varint64", "int64"],
  ["float64", "float64"],
  ["string", "string"],
  ["binary", "binary"],
  ["float16", "float16"],
  ["bfloat16", "bfloat16"],
  ["duration", "duration"],
  ["decimal", "decimal"],
]);

/** `namespace.Name`, the name of a type in a reference from its own cycle. */
export function dottedName(info: WireTypeInfo): string {
  return info.namespace === "" ? info.name : `${info.namespace}.${info.name}`;
}

function unionOf(options: readonly WireTypeInfo[], references: References): TypeDef {
  const unionVariants = options.map((option, index) => ({
    name: dottedName(option),
    id: index + 1,
    typeRef: references.to(option).typeRef,
  }));
  return { kind: "union", package: "", name: "", fields: [], enumValues: [], unionVariants };
}

function targetOf(type: FieldType, references: References): Target {
  if (type.kind === "struct") return { ...references.to(type.info()), typePrimitive: "" };
  if (type.kind === "union") {
    const union = unionOf(
      type.options.map((option) => option.info()),
      references,
    );
    return { ...ANY, typeKind: "ref", typeRef: references.union(union) };
  }
  const typePrimitive = PRIMITIVES.get(type.kind);
  return typePrimitive === undefined ? ANY : { ...ANY, typeKind: "primitive", typePrimitive };
}

const elementTarget = ({ type, nullable }: ElementType, references: References): Target =>
  nullable ? ANY : targetOf(type, references);

function fieldDef(field: WireField, id: number, references: References): FieldDef {
  const { type } = field;
  const listed = type.kind === "list" || type.kind === "set" ? type.element : undefined;
  const map = type.kind === "map" ? type : undefined;
  const element = listed ?? map?.value;
  const key = map && elementTarget(map.key, references);
  return {
    id,
    name: field.name,
    ...(element ? elementTarget(element, references) : targetOf(type, references)),
    optional: field.nullable,
    refTracked: false,
    container:
      type.kind === "list" || type.kind === "set" || type.kind === "map" ? type.kind : "none",
    containerKeyKind: key?.typeKind ?? "primitive",
    containerKeyPrimitive: key?.typePrimitive ?? "",
    containerKeyRef: key?.typeRef ?? NONE,
  };
}

/** The definition of a wire type, in the form that is hashed. */
export function typeDefOf(info: WireTypeInfo, references: References): TypeDef {
  return {
    kind: "message",
    package: info.namespace,
    name: info.name,
    fields: info.fields.map((field, index) => fieldDef(field, index + 1, references)),
    enumValues: [],
    unionVariants: [],
  };
}
