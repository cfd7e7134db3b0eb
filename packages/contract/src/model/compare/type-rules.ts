import { snakeCase } from "@aster/codec";
import type { FieldShape, ManifestType } from "../types/manifest-type.ts";
import { type Direction, mayBeAbsent, readsField, readsValue, skipsField } from "./value-rules.ts";

/**
 * Returns the names of the fields, of either side, of which a reader does not read every value that
 * the writer can send. `wayTo` gives the direction with the path of a field.
 */
export function unreadFields(
  wayTo: (field: string) => Direction,
  writer: ManifestType,
  reader: ManifestType,
): ReadonlySet<string> {
  const unread = new Set<string>();
  const read = new Set<FieldShape>();
  for (const field of writer.fields ?? []) {
    const way = wayTo(field.name);
    const own = counterpart(way, field, reader.fields ?? []);
    if (own === undefined) {
      if (!skipsField(way)) unread.add(field.name);
    } else {
      read.add(own);
      if (!readsField(way, field, own)) unread.add(field.name).add(own.name);
    }
  }
  for (const field of reader.fields ?? []) {
    if (!read.has(field) && !mayBeAbsent(wayTo(field.name), field)) unread.add(field.name);
  }
  return unread;
}

/** Returns the numbers of the cases that a reader does not read. */
export function unreadCases(
  wayTo: (number: number) => Direction,
  writer: ManifestType,
  reader: ManifestType,
): ReadonlySet<number> {
  const known = new Map(reader.cases?.map(({ number, form }) => [number, form]));
  const unread = new Set<number>();
  for (const { number, form } of writer.cases ?? []) {
    const own = known.get(number);
    if (own === undefined || !readsValue(wayTo(number), form, own)) unread.add(number);
  }
  return unread;
}

/** The reader's field that gets the value of a writer's field. */
function counterpart(
  { mode }: Direction,
  field: FieldShape,
  fields: readonly FieldShape[],
): FieldShape | undefined {
  if (mode === "native") return fields.find((each) => keyOf(each) === keyOf(field));
  if (mode !== "xlang1") return fields.find(({ name }) => name === field.name);
  if (field.id !== undefined) return fields.find(({ id }) => id === field.id);
  const identifier = snakeCase(field.name);
  return (
    fields.find(({ name }) => name === field.name) ??
    fields.find(({ name }) => snakeCase(name) === identifier)
  );
}

const keyOf = ({ key, name }: FieldShape): string => key ?? name;
