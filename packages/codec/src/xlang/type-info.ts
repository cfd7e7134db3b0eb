import { encodeMetaString, varuint } from "../bytes/meta-string.ts";
import { TypeId } from "../bytes/type-id.ts";
import type { TypeName } from "../schema/field-type.ts";
import type { Profile } from "./profile.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { XlangWriter } from "./xlang-writer.ts";

/** The kinds of types that have a name or number. */
export type NamedKind = "struct" | "enum" | "ext" | "union";

const byNumber = {
  struct: TypeId.struct,
  enum: TypeId.enum,
  ext: TypeId.ext,
  union: TypeId.typedUnion,
} as const;
const byName = {
  struct: TypeId.namedStruct,
  enum: TypeId.namedEnum,
  ext: TypeId.namedExt,
  union: TypeId.namedUnion,
} as const;

/**
 * Returns type info in the form of its first appearance in a message: type id, and number, names or
 * definition.
 */
export function typeInfoBytes(
  kind: NamedKind,
  type: TypeName,
  definition: TypeMeta | undefined,
  { ids }: Profile,
): Uint8Array {
  const number = ids ? type.typeId : undefined;
  if (kind === "struct" && definition) {
    const id = number === undefined ? TypeId.namedCompatibleStruct : TypeId.compatibleStruct;
    return Uint8Array.from([id, 0, ...definition.bytes]);
  }
  if (number !== undefined) return Uint8Array.from([byNumber[kind], ...varuint(number)]);
  if (definition) return Uint8Array.from([byName[kind], 0, ...definition.bytes]);
  return Uint8Array.from([
    byName[kind],
    ...encodeMetaString(type.namespace, "namespace"),
    ...encodeMetaString(type.name, "type"),
  ]);
}

/**
 * Returns the function that writes the type info of a type. Names and definitions are written once
 * per message, then their numbers.
 */
export function typeInfoWriter(
  typeInfo: Uint8Array,
  type: TypeName,
  definition: TypeMeta | undefined,
  profile: Profile,
): (w: XlangWriter) => void {
  const id = typeInfo[0] as number;
  if (Object.values<number>(byNumber).includes(id)) {
    return (w) => w.putBytes(typeInfo);
  }
  if (definition) return definitionWriter(typeInfo);
  return profile.sharesNames ? sharedNameWriter(type, id) : nameWriter(type, typeInfo);
}

function definitionWriter(typeInfo: Uint8Array): (w: XlangWriter) => void {
  let message = 0;
  let index = 0;
  const typeId = typeInfo[0] as number;
  const definition = typeInfo.subarray(2);
  return (w) => {
    w.putByte(typeId);
    if (message === w.message) {
      w.putSmall((index << 1) | 1);
      return;
    }
    message = w.message;
    index = w.definitions++;
    w.putSmall(index << 1);
    w.putBytes(definition);
  };
}

/**
 * Returns a writer for profiles in which each type has names of its own. Types share only the empty
 * namespace.
 */
function nameWriter(type: TypeName, typeInfo: Uint8Array): (w: XlangWriter) => void {
  let message = 0;
  let namespaceId = 0;
  let nameId = 0;
  const typeId = typeInfo[0] as number;
  return (w) => {
    if (message === w.message) {
      w.putByte(typeId);
      w.putSmall(((namespaceId + 1) << 1) | 1);
      w.putSmall(((nameId + 1) << 1) | 1);
      return;
    }
    message = w.message;
    if (type.namespace === "" && w.emptyName >= 0) {
      namespaceId = w.emptyName;
      nameId = w.names++;
      w.putByte(typeId);
      w.putSmall(((namespaceId + 1) << 1) | 1);
      w.putBytes(typeInfo.subarray(2));
      return;
    }
    namespaceId = w.names++;
    nameId = w.names++;
    if (type.namespace === "") w.emptyName = namespaceId;
    w.putBytes(typeInfo);
  };
}

/**
 * Returns a writer for profiles in which equal names are written once, even for different types.
 */
function sharedNameWriter(type: TypeName, typeId: number): (w: XlangWriter) => void {
  let message = 0;
  let ids: readonly [number, number] = [0, 0];
  const names = [
    encodeMetaString(type.namespace, "namespace"),
    encodeMetaString(type.name, "type"),
  ] as const;
  const keys = names.map((bytes) => String.fromCharCode(...bytes)) as [string, string];
  const put = (w: XlangWriter, which: 0 | 1): number => {
    w.nameIds ??= new Map();
    const known = w.nameIds.get(keys[which]);
    if (known !== undefined) {
      w.putSmall(((known + 1) << 1) | 1);
      return known;
    }
    w.nameIds.set(keys[which], w.names);
    w.putBytes(names[which]);
    return w.names++;
  };
  return (w) => {
    w.putByte(typeId);
    if (message === w.message) {
      for (const id of ids) w.putSmall(((id + 1) << 1) | 1);
      return;
    }
    message = w.message;
    ids = [put(w, 0), put(w, 1)];
  };
}
