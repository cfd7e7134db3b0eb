import { packName, varuint } from "../../bytes/meta-string.ts";
import type { RowField, RowSchema, RowType } from "./row-schema.ts";
import { containerId, scalarId } from "./schema-type-id.ts";

/** Returns the bytes of a schema, which readers need before the rows (docs/fory.md, "Rows"). */
export function encodeRowSchema(schema: RowSchema): Uint8Array {
  const out: number[] = [1];
  putFields(out, schema.fields);
  return Uint8Array.from(out);
}

function putFields(out: number[], fields: readonly RowField[]): void {
  out.push(...varuint(fields.length));
  for (const field of fields) putField(out, field);
}

function putField(out: number[], { name, type, nullable }: RowField): void {
  const { encoding, packed } = packName(name, "field");
  const size = packed.length;
  out.push(encoding | (Math.min(size - 1, 15) << 2) | (nullable ? 0x40 : 0));
  if (size > 15) out.push(...varuint(size - 15));
  out.push(...packed);
  putType(out, type);
}

function putType(out: number[], type: RowType): void {
  switch (type.kind) {
    case "list":
      out.push(containerId.list);
      putField(out, { name: "item", ...type.element });
      break;
    case "map":
      out.push(containerId.map);
      putField(out, { name: "key", ...type.key });
      putField(out, { name: "value", ...type.value });
      break;
    case "struct":
      out.push(containerId.struct);
      putFields(out, type.fields);
      break;
    default:
      out.push(scalarId[type.kind]);
  }
}
