import type { WireField, WireTypeInfo } from "../wire-type.ts";
import { builtInId, bySize, byText, primitiveSize } from "./field-order.ts";
import { encodeMetaString } from "./meta-string.ts";
import { murmur } from "./murmur.ts";
import type { TypeDef } from "./type-def.ts";
import { TypeId } from "./type-id.ts";

/** What a generation of Fory decides about the bytes of a type. */
export interface Profile {
  readonly id: "A" | "B";
  /** First byte of a message; profile A sets bit 0 of it where the root is null. */
  readonly header: number;
  /** Types and fields may ask for references. */
  readonly references: boolean;
  /** Fields in the order of the wire. */
  order(fields: readonly WireField[]): readonly WireField[];
  /** What both sides compare before they read the fields of a struct. */
  lead(fields: readonly WireField[]): Uint8Array;
  /** How messages describe a type, where they do. */
  define(
    info: WireTypeInfo,
    ordered: readonly WireField[],
    shared: ReadonlySet<WireField>,
  ): TypeDef | undefined;
  /** Type id and names or definition, as they first appear in a message. */
  typeInfo(info: WireTypeInfo, definition: TypeDef | undefined): Uint8Array;
}

/** Fory 0.16 by name, exact, without references: what the Python wheel speaks (docs/fory.md, "Profile A"). */
export const profileA: Profile = {
  id: "A",
  header: 0x02,
  references: false,
  order: (fields) => [...fields].sort(byWireOrder),
  lead: (fields) => {
    const text = [...fields].sort(byName).map(fingerprint).join("");
    const hash = text === "" ? 47n : murmur(new TextEncoder().encode(text), 47);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, Number(hash & 0xffff_ffffn), true);
    return bytes;
  },
  define: () => undefined,
  typeInfo: (info) =>
    Uint8Array.from([
      TypeId.namedStruct,
      ...encodeMetaString(info.namespace, "namespace"),
      ...encodeMetaString(info.name, "type"),
    ]),
};

function fingerprint(field: WireField): string {
  return `${field.name},${builtInId(field.type)},0,${field.nullable ? 1 : 0};`;
}

/** Groups: numbers, nullable numbers, other built-in types, lists, sets, maps, the rest. */
function byWireOrder(a: WireField, b: WireField): number {
  const [groupA, groupB] = [groupOf(a), groupOf(b)];
  if (groupA !== groupB) return groupA - groupB;
  if (groupA === 6) return byName(a, b);
  const [idA, idB] = [builtInId(a.type), builtInId(b.type)];
  if (groupA > 1) return idA - idB || byName(a, b);
  return bySize(idA, idB) || idB - idA || byName(a, b);
}

function groupOf(field: WireField): number {
  const id = builtInId(field.type);
  if (id in primitiveSize) return field.nullable ? 1 : 0;
  if (id === TypeId.any) return 6;
  if (id === TypeId.list) return 3;
  if (id === TypeId.set) return 4;
  return id === TypeId.map ? 5 : 2;
}

function byName(a: WireField, b: WireField): number {
  return byText(a.name, b.name);
}
