import {
  type ContractManifest,
  type FieldShape,
  type ManifestField,
  typeTable,
} from "@aster/contract/model";
import { usageFailure } from "../command/failure.ts";

/** A field with everything that a manifest knows about it. */
export interface MessageField extends FieldShape {
  readonly known?: ManifestField | undefined;
}

/** A wire type of a manifest. */
export interface MessageType {
  readonly tag: string;
  readonly id?: number | undefined;
  readonly fields: readonly MessageField[];
}

/**
 * The wire types of a manifest by tag, each after those that it refers to, except in cycles. Throws
 * a failure for a type that the manifest does not describe.
 */
export function messageTypes(manifest: ContractManifest): ReadonlyMap<string, MessageType> {
  const table = typeTable(manifest);
  const known = new Map<string, readonly ManifestField[]>();
  for (const method of manifest.methods) {
    known.set(method.request_wire_tag, method.fields);
    known.set(method.response_wire_tag, method.response_fields);
  }
  const found = new Map<string, MessageType>();
  const open = new Set<string>();
  const visit = (tag: string): void => {
    if (found.has(tag) || open.has(tag)) return;
    open.add(tag);
    const { fields, id } = table.get(tag) ?? {};
    if (fields === undefined) throw undescribed(manifest, tag);
    for (const inner of fields.flatMap(tagsIn)) visit(inner);
    const described = known.get(tag) ?? [];
    found.set(tag, {
      tag,
      id,
      fields: fields.map((field) => ({
        ...field,
        known: described.find(({ name }) => name === field.name),
      })),
    });
  };
  for (const tag of known.keys()) visit(tag);
  return found;
}

/** The tags of the wire types in a value. */
function tagsIn({ type }: Pick<FieldShape, "type">): readonly string[] {
  switch (type.kind) {
    case "struct":
      return [type.tag];
    case "union":
      return type.tags;
    case "list":
    case "set":
      return tagsIn(type.element);
    case "map":
      return [...tagsIn(type.key), ...tagsIn(type.value)];
    default:
      return [];
  }
}

function undescribed({ service }: ContractManifest, tag: string): Error {
  return usageFailure(
    `the manifest of ${service} does not describe the type ${tag}`,
    "make one that does with: aster contract gen",
    "contract.data",
  );
}
