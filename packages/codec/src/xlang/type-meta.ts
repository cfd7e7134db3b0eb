import { packName, varuint } from "../bytes/meta-string.ts";
import { murmur } from "../bytes/murmur.ts";
import { arrayTypeId, TypeId } from "../bytes/type-id.ts";
import { snakeCase } from "../schema/field-names.ts";
import type { ElementType, FieldType, TypeName } from "../schema/field-type.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";

/** The type of a field or element in a definition. */
export interface StatedType {
  readonly id: number;
  readonly nullable: boolean;
  /** True if values have the flags of references. */
  readonly shared: boolean;
  /** The element of a list or set; the key and value of a map. */
  readonly inner: readonly StatedType[];
}

export interface StatedField {
  /** Empty if the field has a number. */
  readonly name: string;
  readonly fieldId: number | undefined;
  readonly type: StatedType;
}

/**
 * The description of a type in a message, made by its writer (docs/fory.md, "Definitions"). Fory
 * calls it type meta.
 */
export interface TypeMeta {
  /** Header, length and body, as in the message. */
  readonly bytes: Uint8Array;
  readonly kind: "struct" | "enum" | "ext" | "union";
  /** Namespace and name with a `/` between; empty if the type has a number. */
  readonly tag: string;
  readonly typeId: number | undefined;
  readonly fields: readonly StatedField[];
}

/**
 * Maximum size of one definition. 512 fields with short names fit; a definition is parsed before
 * any value is read.
 */
export const maxDefinitionBytes = 4_096;

/** Returns the description of one of our fields. `shared` is true if the field keeps references. */
export function stateField(field: WireField, shared: boolean): StatedField {
  return {
    name: field.name,
    fieldId: field.fieldId,
    type: state(field.type, field.nullable, shared),
  };
}

function state(type: FieldType, nullable: boolean, shared: boolean): StatedType {
  const inner = (element: ElementType): StatedType => state(element.type, element.nullable, shared);
  const of = (id: number, elements: readonly ElementType[] = []): StatedType => ({
    id,
    nullable,
    shared,
    inner: elements.map(inner),
  });
  switch (type.kind) {
    case "list":
    case "set":
      return of(TypeId[type.kind], [type.element]);
    case "map":
      return of(TypeId.map, [type.key, type.value]);
    case "struct":
      return of(
        type.info().typeId === undefined ? TypeId.namedCompatibleStruct : TypeId.compatibleStruct,
      );
    case "ext":
      return of(type.named.typeId === undefined ? TypeId.namedExt : TypeId.ext);
    case "named_union":
      return of(TypeId.union);
    case "array":
      return of(arrayTypeId[type.element]);
    default:
      return of(TypeId[type.kind]);
  }
}

/** Returns the definition of one of our types. `fields` are in the order of the wire. */
export function defineType(info: WireTypeInfo, fields: readonly StatedField[]): TypeMeta {
  const { typeId } = info;
  const count = fields.length;
  const body = [
    0x80 | 0x40 | (typeId === undefined ? 0x20 : 0) | Math.min(count, 31),
    ...(count >= 31 ? varuint(count - 31) : []),
    ...(typeId === undefined
      ? [...typeName(info.namespace, "namespace"), ...typeName(info.name, "type")]
      : varuint(typeId)),
    ...fields.flatMap(fieldBytes),
  ];
  return {
    bytes: Uint8Array.from([...headerOf(body), ...body]),
    kind: "struct",
    tag: typeId === undefined ? info.tag : "",
    typeId,
    fields,
  };
}

const nameKinds = { enum: 1, ext: 3, union: 5 } as const;

/** Returns the definition of an enum, ext or union: its name. */
export function defineName(kind: keyof typeof nameKinds, type: TypeName): TypeMeta {
  const body = [
    nameKinds[kind],
    ...typeName(type.namespace, "namespace"),
    ...typeName(type.name, "type"),
  ];
  return {
    bytes: Uint8Array.from([...headerOf(body), ...body]),
    kind,
    tag: type.tag,
    typeId: undefined,
    fields: [],
  };
}

function typeName(text: string, use: "namespace" | "type"): number[] {
  if (text === "") return [0];
  const { encoding, packed } = packName(text, use);
  return [(Math.min(packed.length, 63) << 2) | encoding, ...more(packed.length, 63), ...packed];
}

function fieldBytes({ name, fieldId, type }: StatedField): number[] {
  const flags = (type.nullable ? 2 : 0) | (type.shared ? 1 : 0);
  const types = [type.id, ...type.inner.flatMap(nestedBytes)];
  if (fieldId !== undefined) {
    return [0xc0 | (Math.min(fieldId, 15) << 2) | flags, ...more(fieldId, 15), ...types];
  }
  const { encoding, packed } = packName(name, "field");
  const size = packed.length - 1;
  const head = (encoding << 6) | (Math.min(size, 15) << 2) | flags;
  return [head, ...more(size, 15), ...types, ...packed];
}

function nestedBytes(type: StatedType): number[] {
  const flags = (type.nullable ? 2 : 0) | (type.shared ? 1 : 0);
  return [...varuint((type.id << 2) | flags), ...type.inner.flatMap(nestedBytes)];
}

/** Returns the bytes for the rest of a number that does not fit into the bits of its byte. */
function more(value: number, most: number): number[] {
  return value >= most ? varuint(value - most) : [];
}

function headerOf(body: readonly number[]): number[] {
  const header = new Uint8Array(8);
  const low = Math.min(body.length, 255);
  new DataView(header.buffer).setBigUint64(0, hashOf(body, low) | BigInt(low), true);
  return [...header, ...more(body.length, 255)];
}

/** Returns the upper 52 bits of a header: a hash of the body and of the lower 12 bits. */
export function hashOf(body: Iterable<number>, low: number): bigint {
  const hash = BigInt.asIntN(
    64,
    murmur(Uint8Array.from([...body, low & 255, low >> 8]), 47) << 12n,
  );
  return BigInt.asUintN(64, hash < 0n ? -hash : hash) & ~0xfffn;
}

/** Returns the name by which Fory compares and finds a field: in snake_case. */
export function identifierOf(name: string): string {
  return snakeCase(name);
}
