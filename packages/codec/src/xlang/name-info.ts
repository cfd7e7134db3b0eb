import { TypeId } from "../bytes/type-id.ts";
import { fail } from "../failure.ts";
import type { TypeName } from "../schema/field-type.ts";
import type { Profile } from "./profile.ts";
import { readTypeName } from "./struct-info.ts";
import { typeInfoBytes, typeInfoWriter } from "./type-info.ts";
import { defineName } from "./type-meta.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { XlangWriter } from "./xlang-writer.ts";

const writers = new WeakMap<Profile, WeakMap<TypeName, (w: XlangWriter) => void>>();

/**
 * Returns the function that writes the type info of an enum, ext or union. There is one for each
 * type, as names are written once per message.
 */
export function nameWriter(
  kind: "enum" | "ext" | "union",
  type: TypeName,
  profile: Profile,
): (w: XlangWriter) => void {
  let ofProfile = writers.get(profile);
  if (!ofProfile) {
    ofProfile = new WeakMap();
    writers.set(profile, ofProfile);
  }
  let writer = ofProfile.get(type);
  if (!writer) {
    const definition = profile.definitions ? defineName(kind, type) : undefined;
    const bytes = typeInfoBytes(kind, type, definition, profile);
    writer = typeInfoWriter(bytes, type, definition, profile);
    ofProfile.set(type, writer);
  }
  return writer;
}

const typeIds = {
  ext: { byNumber: TypeId.ext, byName: TypeId.namedExt },
  union: { byNumber: TypeId.typedUnion, byName: TypeId.namedUnion },
} as const;

/** Returns the function that reads the type info of an ext or union. It throws for another type. */
export function nameReader(
  kind: "ext" | "union",
  type: TypeName,
  profile: Profile,
): (r: XlangReader) => void {
  const { byNumber, byName } = typeIds[kind];
  return (r) => {
    const id = r.byte();
    if (id !== byNumber && id !== byName) {
      throw fail("mismatch", `type id ${id} found, ${type.tag} expected`);
    }
    const name = id === byNumber ? r.small() : readTypeName(r, profile);
    if (name === type.tag || name === type.typeId) return;
    throw fail("mismatch", `${String(name).slice(0, 80)} found, ${type.tag} expected`);
  };
}
