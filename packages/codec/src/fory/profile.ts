import type { FieldType } from "../field-type.ts";
import type { WireField, WireTypeInfo } from "../wire-type.ts";
import { encodeMetaString } from "./meta-string.ts";
import { murmur } from "./murmur.ts";
import { arrayTypeId, TypeId } from "./type-id.ts";

/** What a generation of Fory decides about the bytes of a type. */
export interface Profile {
  readonly id: string;
  /** First byte of a message whose root is there; with bit 0 set, the root is null. */
  readonly header: number;
  /** Fields in the order of the wire. */
  order(fields: readonly WireField[]): readonly WireField[];
  /** What both sides compare before they read fields, 32 bits, unsigned. */
  hash(fields: readonly WireField[]): number;
  /** Type id and names, as they first appear in a message. */
  typeInfo(info: WireTypeInfo): Uint8Array;
}

/** Fory 0.16 by name, exact, without references: what the Python wheel speaks (docs/fory.md, "Profile A"). */
export const profileA: Profile = {
  id: "A",
  header: 0x02,
  order: (fields) => [...fields].sort(byWireOrder),
  hash: (fields) => {
    const text = [...fields].sort(byName).map(fingerprint).join("");
    return text === "" ? 47 : Number(murmur(new TextEncoder().encode(text), 47) & 0xffff_ffffn);
  },
  typeInfo: (info) =>
    Uint8Array.from([
      TypeId.namedStruct,
      ...encodeMetaString(info.namespace, "namespace"),
      ...encodeMetaString(info.name, "type"),
    ]),
};

function fingerprint(field: WireField): string {
  return `${field.name},${fingerprintId(field.type)},0,${field.nullable ? 1 : 0};`;
}

/** The id that counts for a field's type: 0 for whatever a reader cannot know beforehand. */
function fingerprintId(type: FieldType): number {
  switch (type.kind) {
    case "struct":
    case "union":
    case "enum":
    case "any":
      return 0;
    case "array":
      return arrayTypeId[type.element];
    default:
      return TypeId[type.kind];
  }
}

/** Bytes of the types that come first, by type id; others have none. */
const primitiveSize: Readonly<Record<number, number>> = {
  [TypeId.bool]: 1,
  [TypeId.int8]: 1,
  [TypeId.int16]: 2,
  [TypeId.int32]: 4,
  [TypeId.varint32]: 4,
  [TypeId.int64]: 8,
  [TypeId.varint64]: 8,
  [TypeId.tagged_int64]: 8,
  [TypeId.uint8]: 1,
  [TypeId.uint16]: 2,
  [TypeId.uint32]: 4,
  [TypeId.var_uint32]: 4,
  [TypeId.uint64]: 8,
  [TypeId.var_uint64]: 8,
  [TypeId.tagged_uint64]: 8,
  [TypeId.float16]: 2,
  [TypeId.bfloat16]: 2,
  [TypeId.float32]: 4,
  [TypeId.float64]: 8,
};

const compressed: ReadonlySet<number> = new Set([
  TypeId.varint32,
  TypeId.varint64,
  TypeId.tagged_int64,
  TypeId.var_uint32,
  TypeId.var_uint64,
  TypeId.tagged_uint64,
]);

/** Groups: numbers, nullable numbers, other built-in types, lists, sets, maps, the rest. */
function byWireOrder(a: WireField, b: WireField): number {
  const [groupA, groupB] = [groupOf(a), groupOf(b)];
  if (groupA !== groupB) return groupA - groupB;
  if (groupA === 6) return byName(a, b);
  const [idA, idB] = [fingerprintId(a.type), fingerprintId(b.type)];
  if (groupA > 1) return idA - idB || byName(a, b);
  return (
    Number(compressed.has(idA)) - Number(compressed.has(idB)) ||
    (primitiveSize[idB] ?? 0) - (primitiveSize[idA] ?? 0) ||
    idB - idA ||
    byName(a, b)
  );
}

function groupOf(field: WireField): number {
  const id = fingerprintId(field.type);
  if (id in primitiveSize) return field.nullable ? 1 : 0;
  if (id === 0) return 6;
  if (id === TypeId.list) return 3;
  if (id === TypeId.set) return 4;
  return id === TypeId.map ? 5 : 2;
}

/** By the bytes of the name. */
function byName(a: WireField, b: WireField): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
