import { CodecError } from "../../error.ts";
import { quote } from "../../failure.ts";
import type { RowElement, RowField, RowSchema, RowType } from "./row-schema.ts";

/**
 * Compares two schemas. Throws `CodecError` `mismatch`, naming the first difference, if rows
 * of `theirs` cannot be read as rows of `ours`. Nullability may differ: a null in the wrong place
 * is found when it is read.
 */
export function checkRowSchema(ours: RowSchema, theirs: RowSchema, label: string): void {
  compareFields(ours.fields, theirs.fields, label);
}

function compareFields(ours: readonly RowField[], theirs: readonly RowField[], path: string): void {
  ours.forEach((field, i) => {
    const other = theirs[i];
    if (other?.name !== field.name) {
      const found = other ? quote(other.name) : "nothing";
      throw mismatch(path, `field ${i} is ${quote(field.name)} here and ${found} in the stream`);
    }
    compareTypes(field.type, other.type, `${path}.${field.name}`);
  });
  const extra = theirs[ours.length];
  if (extra)
    throw mismatch(path, `the stream has a field ${quote(extra.name)} that is unknown here`);
}

function compareTypes(ours: RowType, theirs: RowType, path: string): void {
  if (ours.kind === "list" && theirs.kind === "list") {
    compareElements(ours.element, theirs.element, `${path}[]`);
  } else if (ours.kind === "map" && theirs.kind === "map") {
    compareElements(ours.key, theirs.key, `${path} (key)`);
    compareElements(ours.value, theirs.value, `${path}[]`);
  } else if (ours.kind === "struct" && theirs.kind === "struct") {
    compareFields(ours.fields, theirs.fields, path);
  } else if (ours.kind !== theirs.kind) {
    throw mismatch(path, `${ours.kind} here and ${theirs.kind} in the stream`);
  }
}

function compareElements(ours: RowElement, theirs: RowElement, path: string): void {
  compareTypes(ours.type, theirs.type, path);
}

function mismatch(path: string, text: string): CodecError {
  return new CodecError(
    "mismatch",
    `${path}: ${text}: both sides must be built from the same definition`,
    { path },
  );
}
