import type { ContractManifest } from "../manifest.ts";
import type { ManifestField, ManifestKind } from "../manifest-field.ts";
import type { FieldShape, ManifestType, TypeShape, ValueShape } from "../types/manifest-type.ts";
import { scalarKinds } from "../types/parse-type.ts";

/** The types of a contract by their tags. */
export type TypeTable = ReadonlyMap<string, ManifestType>;

/**
 * The types of a manifest. One without `types` describes only requests and responses, in the keys
 * of the Python package.
 */
export function typeTable({ methods, types = [] }: ContractManifest): TypeTable {
  const table = new Map<string, ManifestType>();
  for (const method of methods) {
    table.set(method.request_wire_tag, typeOf(method.request_wire_tag, method.fields));
    table.set(method.response_wire_tag, typeOf(method.response_wire_tag, method.response_fields));
  }
  for (const type of types) table.set(type.tag, type);
  return table;
}

function typeOf(tag: string, fields: readonly ManifestField[]): ManifestType {
  return { tag, fields: fields.map(fieldOf) };
}

function fieldOf(field: ManifestField): FieldShape {
  return {
    name: field.name,
    type: shapeOf(field),
    nullable: field.nullable,
    default: !field.required,
  };
}

/** The types that a kind describes completely. */
const EXACT: Readonly<Partial<Record<ManifestKind, TypeShape>>> = {
  string: { kind: "string" },
  int: { kind: "varint64" },
  float: { kind: "float64" },
  bool: { kind: "bool" },
  bytes: { kind: "binary" },
};

function shapeOf(field: ManifestField): TypeShape {
  const { type } = field.properties;
  if (typeof type === "string") return textShape(type);
  switch (field.kind) {
    case "enum":
      return { kind: "enum", values: (field.enum_values ?? []).filter(isEnumValue) };
    case "list":
      return {
        kind: "list",
        element: innerShape(field.item_kind, field.item_wire_tag, field.item_nullable),
      };
    case "map":
      return {
        kind: "map",
        form: "record",
        key: innerShape(field.key_kind, undefined, false),
        value: innerShape(field.value_kind, undefined, field.value_nullable),
      };
    case "ref":
      return { kind: "struct", tag: field.wire_tag ?? "" };
    default:
      return EXACT[field.kind] ?? { kind: "other", text: field.kind };
  }
}

function textShape(text: string): TypeShape {
  const kind = scalarKinds.find((each) => each === text);
  return kind === undefined ? { kind: "other", text } : { kind };
}

function innerShape(
  kind: ManifestKind | undefined,
  tag: string | undefined,
  nullable: boolean | undefined,
): ValueShape {
  const exact = kind === undefined ? undefined : EXACT[kind];
  const type: TypeShape =
    tag === undefined
      ? (exact ?? { kind: "other", text: kind ?? "a type without a description" })
      : { kind: "struct", tag };
  return { type, nullable: nullable ?? false };
}

function isEnumValue(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
