import type { WireField } from "../wire-type.ts";
import { builtInId, bySize, byText, primitiveSize } from "./field-order.ts";
import type { Profile } from "./profile.ts";
import { defineType, identifierOf, stateField } from "./type-def.ts";
import { TypeId } from "./type-id.ts";

/** Fory 1.0 and later, compatible mode: messages define their types (docs/fory.md, "Profile B"). */
export const profileB: Profile = {
  id: "B",
  header: 0x01,
  references: true,
  order: (fields) => [...fields].sort(byWireOrder),
  lead: () => new Uint8Array(0),
  define: (info, ordered, shared) =>
    defineType(
      info,
      ordered.map((field) => stateField(field, shared.has(field))),
    ),
  typeInfo: (info, definition) =>
    Uint8Array.from([
      info.typeId === undefined ? TypeId.namedCompatibleStruct : TypeId.compatibleStruct,
      0,
      ...(definition?.bytes ?? []),
    ]),
};

/** Groups: numbers, nullable numbers, the rest. */
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

/** Numbers first, by size; then names. */
function byIdentifier(a: WireField, b: WireField): number {
  if (a.fieldId !== undefined && b.fieldId !== undefined) return a.fieldId - b.fieldId;
  if (a.fieldId !== undefined || b.fieldId !== undefined) return a.fieldId === undefined ? 1 : -1;
  return byText(identifierOf(a.name), identifierOf(b.name));
}
