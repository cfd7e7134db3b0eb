import type { FieldType } from "./field-type.ts";
import type { WireField, WireTypeInfo } from "./wire-type-info.ts";

/**
 * Returns the wire types directly inside a field's type. `open` are the enclosing unions, which may
 * hold themselves.
 */
export function nestedTypes(
  type: FieldType,
  open: ReadonlySet<FieldType> = new Set(),
): readonly WireTypeInfo[] {
  switch (type.kind) {
    case "list":
    case "set":
      return nestedTypes(type.element.type, open);
    case "map":
      return nestedTypes(type.value.type, open);
    case "struct":
      return [type.info()];
    case "union":
      return type.options.map((option) => option.info());
    case "named_union":
      if (open.has(type)) return [];
      return [...type.cases().values()].flatMap((one) =>
        nestedTypes(one.type, new Set(open).add(type)),
      );
    case "ext":
      return nestedTypes(type.form.type, open);
    default:
      return [];
  }
}

/** Returns true if a field keeps references: the field or its type asks for it. */
export function sharesField(field: WireField): boolean {
  return field.ref || (field.type.kind === "struct" && field.type.info().refs);
}

/** Returns true if values of these types keep references anywhere inside. */
export function keepsReferences(roots: readonly WireTypeInfo[]): boolean {
  const seen = new Set<WireTypeInfo>(roots);
  for (const info of seen) {
    if (info.refs || info.fields.some(sharesField)) return true;
    for (const field of info.fields) {
      for (const inner of nestedTypes(field.type)) seen.add(inner);
    }
  }
  return false;
}
