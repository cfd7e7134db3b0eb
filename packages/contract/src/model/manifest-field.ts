import type { ElementType, FieldType, WireField } from "@aster/codec";
import { typeText } from "./type-text.ts";

/** The kind of a field, as a reader without the types sees it. */
export type ManifestKind =
  | "string"
  | "int"
  | "float"
  | "bool"
  | "bytes"
  | "enum"
  | "list"
  | "map"
  | "ref";

/** A field of a message, with the keys of the file (docs/contract.md, "Manifest"). */
export interface ManifestField {
  readonly name: string;
  readonly kind: ManifestKind;
  readonly nullable: boolean;
  /** `true` if the field has no default. */
  readonly required: boolean;
  readonly default_value: unknown;
  readonly default_kind: "none" | "value" | "empty_list" | "empty_map" | "factory" | "null";
  readonly ref_name?: string | undefined;
  readonly wire_tag?: string | undefined;
  readonly enum_values?: readonly unknown[] | undefined;
  readonly item_kind?: ManifestKind | undefined;
  readonly item_ref?: string | undefined;
  readonly item_wire_tag?: string | undefined;
  readonly item_nullable?: boolean | undefined;
  readonly key_kind?: ManifestKind | undefined;
  readonly value_kind?: ManifestKind | undefined;
  readonly value_ref?: string | undefined;
  readonly value_nullable?: boolean | undefined;
  /** `type` is the whole type, if the other keys do not describe it. */
  readonly properties: Readonly<Record<string, unknown>>;
}

type TypeKeys = Pick<ManifestField, "kind"> & Partial<ManifestField>;

/** The types that a kind describes completely. */
const EXACT: ReadonlyMap<FieldType["kind"], ManifestKind> = new Map([
  ["string", "string"],
  ["varint64", "int"],
  ["float64", "float"],
  ["bool", "bool"],
  ["binary", "bytes"],
]);

function kindOf(type: FieldType): ManifestKind {
  const exact = EXACT.get(type.kind);
  if (exact !== undefined) return exact;
  if (type.kind === "enum" || type.kind === "list" || type.kind === "map") return type.kind;
  if (type.kind === "set" || type.kind === "array") return "list";
  if (type.kind === "struct" || type.kind.endsWith("union")) return "ref";
  if (type.kind === "ext") return kindOf(type.form.type);
  if (/int\d/.test(type.kind)) return "int";
  return type.kind.includes("float") ? "float" : "string";
}

const structOf = (type: FieldType) => (type.kind === "struct" ? type.info() : undefined);

function listKeys(element: ElementType): TypeKeys {
  const struct = structOf(element.type);
  return {
    kind: "list",
    item_kind: kindOf(element.type),
    ...(struct && { item_ref: struct.name, item_wire_tag: struct.tag }),
    item_nullable: element.nullable,
  };
}

function typeKeys(type: FieldType): TypeKeys {
  switch (type.kind) {
    case "struct": {
      const struct = type.info();
      return { kind: "ref", ref_name: struct.name, wire_tag: struct.tag };
    }
    case "enum":
      return { kind: "enum", enum_values: type.values };
    case "list":
    case "set":
      return listKeys(type.element);
    case "array":
      return listKeys({ type: { kind: type.element }, nullable: false, optional: false });
    case "map": {
      const struct = structOf(type.value.type);
      return {
        kind: "map",
        key_kind: kindOf(type.key.type),
        value_kind: kindOf(type.value.type),
        ...(struct && { value_ref: struct.name }),
        value_nullable: type.value.nullable,
      };
    }
    default:
      return { kind: kindOf(type) };
  }
}

/** Returns `true` if the keys describe the type completely. */
function isExact(type: FieldType): boolean {
  if (EXACT.has(type.kind) || type.kind === "struct" || type.kind === "enum") return true;
  if (type.kind === "list") {
    return EXACT.has(type.element.type.kind) || type.element.type.kind === "struct";
  }
  if (type.kind !== "map") return false;
  return EXACT.has(type.key.type.kind) && !type.key.nullable && EXACT.has(type.value.type.kind);
}

function plainDefault(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint" && BigInt.asIntN(53, value) === value) return Number(value);
  return Number.isFinite(value) ? value : undefined;
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Map) return value.size === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function defaultKeys(
  field: WireField,
): Pick<ManifestField, "required" | "default_value" | "default_kind"> {
  if (field.default === undefined && !field.nullable) {
    return { required: true, default_value: null, default_kind: "none" };
  }
  const value = field.default?.();
  const plain = plainDefault(value);
  if (plain !== undefined) return { required: false, default_value: plain, default_kind: "value" };
  const emptyKind = { list: "empty_list", map: "empty_map" } as const;
  const { kind } = field.type;
  const default_kind =
    (kind === "list" || kind === "map") && isEmpty(value) ? emptyKind[kind] : "factory";
  return { required: false, default_value: null, default_kind };
}

/** The description of one field of a wire type. */
export function manifestField(field: WireField): ManifestField {
  const { kind, ...more } = typeKeys(field.type);
  return {
    name: field.name,
    kind,
    nullable: field.nullable,
    ...defaultKeys(field),
    ...more,
    properties: isExact(field.type) ? {} : { type: typeText(field.type) },
  };
}
