import type { TypeName } from "../field-type.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { Profile } from "./profile.ts";
import { defineName } from "./type-def.ts";
import { typeInfoBytes, typeInfoWriter } from "./type-info.ts";

const writers = new WeakMap<Profile, WeakMap<TypeName, (w: ByteWriter) => void>>();

/** What writes the type info of an enum, ext or union: one for each, as names are written once per message. */
export function nameWriter(
  kind: "enum" | "ext" | "union",
  type: TypeName,
  profile: Profile,
): (w: ByteWriter) => void {
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
