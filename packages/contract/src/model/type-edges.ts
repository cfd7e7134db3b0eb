import type { ElementType, FieldType, WireTypeInfo } from "@aster/codec";

/** The nodes of the type graph by tag. A tag is unique within one service. */
export type TypeNodes = ReadonlyMap<string, WireTypeInfo>;

function elementsOf(type: FieldType): readonly ElementType[] {
  if (type.kind === "list" || type.kind === "set") return [type.element];
  if (type.kind === "ext") return [type.form];
  if (type.kind === "named_union") return [...type.cases().values()];
  return type.kind === "map" ? [type.key, type.value] : [];
}

/** The wire types inside a field type, at any depth. `open` are the unions around it. */
export function typesInside(
  type: FieldType,
  open: ReadonlySet<FieldType> = new Set(),
): readonly WireTypeInfo[] {
  if (open.has(type)) return [];
  if (type.kind === "struct") return [type.info()];
  if (type.kind === "union") return type.options.map((option) => option.info());
  const inside = type.kind === "named_union" ? new Set(open).add(type) : open;
  return elementsOf(type).flatMap((element) => typesInside(element.type, inside));
}

/** The wire types whose hash is part of the hash of a field type. */
export function typesHashed(type: FieldType): readonly WireTypeInfo[] {
  if (type.kind === "named_union") return [];
  const direct = elementsOf(type);
  if (direct.length === 0) return typesInside(type);
  return direct.flatMap(({ type: element, nullable }) =>
    nullable || elementsOf(element).length > 0 ? [] : typesInside(element),
  );
}

/** The wire types that can be reached from the roots, by tag. */
export function reachableTypes(roots: readonly WireTypeInfo[]): TypeNodes {
  const nodes = new Map<string, WireTypeInfo>();
  const pending = [...roots];
  for (let info = pending.pop(); info !== undefined; info = pending.pop()) {
    if (nodes.has(info.tag)) continue;
    nodes.set(info.tag, info);
    for (const field of info.fields) pending.push(...typesInside(field.type));
  }
  return nodes;
}
