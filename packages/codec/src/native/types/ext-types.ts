import type { ExtType, FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { BoundExt } from "./ext-op.ts";

/** Finds the ext with a tag. */
export type ExtNamed = (tag: string) => BoundExt | undefined;

/** Returns a lookup of the exts of a scope by their tags. Those inside the root type come first. */
export function extsByTag(
  scope: TypeScope,
  bind: (type: ExtType) => BoundExt,
  root?: FieldType,
): ExtNamed {
  let inside: ReadonlyMap<string, ExtType> | undefined;
  return (tag) => {
    inside ??= root ? extsInside(root) : new Map();
    const found = inside.get(tag) ?? scope.findNamed(tag);
    return found?.kind === "ext" ? bind(found) : undefined;
  };
}

function extsInside(root: FieldType): ReadonlyMap<string, ExtType> {
  const found = new Map<string, ExtType>();
  const seen = new Set<unknown>();
  const left = [root];
  for (let type = left.pop(); type; type = left.pop()) {
    const what = type.kind === "struct" ? type.info() : type;
    if (seen.has(what)) continue;
    seen.add(what);
    if (type.kind === "ext" && !found.has(type.named.tag)) found.set(type.named.tag, type);
    left.push(...innerTypes(type));
  }
  return found;
}

function innerTypes(type: FieldType): readonly FieldType[] {
  switch (type.kind) {
    case "list":
    case "set":
      return [type.element.type];
    case "map":
      return [type.key.type, type.value.type];
    case "struct":
      return type.info().fields.map((field) => field.type);
    case "union":
      return type.options;
    case "named_union":
      return [...type.cases().values()].map((element) => element.type);
    case "ext":
      return [type.form.type];
    default:
      return [];
  }
}
