import type { ElementType, FieldType } from "../schema/field-type.ts";
import type { WireField } from "../schema/wire-type-info.ts";
import { builtInId, bySize, byText, primitiveSize } from "./field-order.ts";
import { hashBytes, type Profile, type ProfileOptions } from "./profile.ts";
import { defineType, identifierOf, stateField } from "./type-meta.ts";

/**
 * Fory 1.0 and later in compatible mode: messages define their types (docs/fory.md, "Profile B").
 */
export function profileB({ refs }: ProfileOptions): Profile {
  return {
    id: "B",
    header: 0x01,
    definitions: true,
    references: refs !== false,
    tracks: refs === true,
    ids: true,
    sharesNames: false,
    order: (fields) => [...fields].sort(byWireOrder),
    lead: () => new Uint8Array(0),
    define: (info, ordered, shared) =>
      defineType(
        info,
        ordered.map((field) => stateField(field, shared.has(field))),
      ),
  };
}

/**
 * Fory 1.0 and later without definitions: a hash tells shapes apart (docs/fory.md, "Profile B
 * without definitions").
 */
export function exactProfileB(options: ProfileOptions): Profile {
  return {
    ...profileB(options),
    definitions: false,
    sharesNames: true,
    lead: (fields, shared) =>
      hashBytes(
        [...fields]
          .sort(byIdentifier)
          .map((field) => {
            const name = field.fieldId ?? identifierOf(field.name);
            return `${name},${fingerprint(field.type, shared.has(field), field.nullable)};`;
          })
          .join(""),
      ),
    define: () => undefined,
  };
}

function fingerprint(type: FieldType, shared: boolean, nullable: boolean): string {
  const own = `${builtInId(type)},${shared ? 1 : 0},${nullable ? 1 : 0}`;
  const inner = (element: ElementType): string => fingerprint(element.type, false, false);
  switch (type.kind) {
    case "list":
    case "set":
      return `${own}[${inner(type.element)}]`;
    case "map":
      return `${own}[${inner(type.key)}|${inner(type.value)}]`;
    default:
      return own;
  }
}

/** Orders groups: numbers, nullable numbers, all others. */
function byWireOrder(a: WireField, b: WireField): number {
  const [groupA, groupB] = [groupOf(a), groupOf(b)];
  if (groupA !== groupB) return groupA - groupB;
  if (groupA === 2) return byIdentifier(a, b);
  const [idA, idB] = [builtInId(a.type), builtInId(b.type)];
  return bySize(idA, idB) || idA - idB || byIdentifier(a, b);
}

function groupOf(field: WireField): number {
  if (!(builtInId(field.type) in primitiveSize)) return 2;
  return field.nullable ? 1 : 0;
}

/** Orders field numbers by size, then names. */
function byIdentifier(a: WireField, b: WireField): number {
  if (a.fieldId !== undefined && b.fieldId !== undefined) return a.fieldId - b.fieldId;
  if (a.fieldId !== undefined || b.fieldId !== undefined) return a.fieldId === undefined ? 1 : -1;
  return byText(identifierOf(a.name), identifierOf(b.name));
}
