import { murmur } from "../bytes/murmur.ts";
import { TypeId } from "../bytes/type-id.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";
import { builtInId, bySize, byText, primitiveSize } from "./field-order.ts";
import type { TypeMeta } from "./type-meta.ts";

/** The decisions of a generation of Fory, with its options, about the bytes of a type. */
export interface Profile {
  readonly id: "A" | "B";
  /** The first byte of a message. Profile A sets bit 0 of it if the root is null. */
  readonly header: number;
  /**
   * True if messages define their types, which may then differ. Otherwise both sides compare a
   * hash.
   */
  readonly definitions: boolean;
  /** True if types and fields may ask for references. */
  readonly references: boolean;
  /** True if messages track references even if no type asks for it. */
  readonly tracks: boolean;
  /** True if numbers replace the names of types and fields that have them. */
  readonly ids: boolean;
  /** True if equal names of different types are written once. */
  readonly sharesNames: boolean;
  /** Returns fields in the order of the wire. */
  order(fields: readonly WireField[]): readonly WireField[];
  /** Returns the bytes that both sides compare before they read the fields of a struct. */
  lead(fields: readonly WireField[], shared: ReadonlySet<WireField>): Uint8Array;
  /** Returns the definition of a type in messages, in profiles that have definitions. */
  define(
    info: WireTypeInfo,
    ordered: readonly WireField[],
    shared: ReadonlySet<WireField>,
  ): TypeMeta | undefined;
}

/** The options within a generation. */
export interface ProfileOptions {
  /**
   * True to keep references always, false never, undefined where a type asks and the profile can.
   */
  readonly refs: boolean | undefined;
  readonly ids: boolean;
}

/**
 * Fory 0.16 without definitions: the format of the Python package, by name and without references
 * (docs/fory.md, "Profile A").
 */
export function profileA({ refs = false, ids }: ProfileOptions): Profile {
  const identify = (field: WireField): string =>
    ids && field.fieldId !== undefined ? String(field.fieldId) : field.name;
  const byName = (a: WireField, b: WireField): number => byText(identify(a), identify(b));
  return {
    id: "A",
    header: 0x02,
    definitions: false,
    references: refs,
    tracks: refs,
    ids,
    sharesNames: false,
    order: (fields) => [...fields].sort((a, b) => byGroup(a, b, byName)),
    lead: (fields, shared) =>
      hashBytes(
        [...fields]
          .sort(byName)
          .map((field) => {
            const flags = `${shared.has(field) ? 1 : 0},${field.nullable ? 1 : 0}`;
            return `${identify(field)},${builtInId(field.type)},${flags};`;
          })
          .join(""),
      ),
    define: () => undefined,
  };
}

/** Returns the lower 32 bits of the hash of a shape. Fory defines 47 for a type without fields. */
export function hashBytes(text: string): Uint8Array {
  const hash = text === "" ? 47n : murmur(new TextEncoder().encode(text), 47);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Number(hash & 0xffff_ffffn), true);
  return bytes;
}

type Compare = (a: WireField, b: WireField) => number;

/**
 * Orders groups: numbers, nullable numbers, other built-in types, lists, sets, maps, all others.
 */
function byGroup(a: WireField, b: WireField, byName: Compare): number {
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
