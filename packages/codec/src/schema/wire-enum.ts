import { type ZodEnum, enum as zodEnum } from "zod";
import { CodecError } from "../error.ts";
import { checkScope, checkTypeId } from "../option-check.ts";
import type { NamedSchema } from "./field-type.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, registryOf, type TypeScope } from "./type-scope.ts";
import { enumNumbers, enumValues } from "./zod/enum-type.ts";
import { withOwnType } from "./zod/own-type.ts";

type Entries = Readonly<Record<string, string | number>>;

/** The values of an enum by their keys. A list of strings has the strings as keys. */
export type EnumEntries<V> = V extends readonly string[]
  ? { [K in V[number]]: K }
  : V extends Readonly<Record<string, string | number>>
    ? V
    : never;

export interface WireEnumOptions {
  /** The numbers of the values in profile B. Default: their positions in the declaration. */
  readonly numbers?: Readonly<Record<string, number>> | undefined;
  /** A number that replaces the name on the wire. It is shorter, and peers must use the same. */
  readonly id?: number | undefined;
  /** The scope in which the tag must be unique. Default: the whole process. */
  readonly scope?: TypeScope | undefined;
}

/**
 * Makes a `z.enum` with a name on the wire, which identifies it in values of any type and as a
 * whole message. As a field it is equal to a `z.enum`.
 *
 * Throws {@link CodecError}: `option` for a bad option, `tag` for a bad or used tag, `schema` for
 * numbers that are missing or repeated.
 */
export function wireEnum<const V extends readonly string[] | Entries>(
  tag: string,
  values: V,
  options: WireEnumOptions = {},
): ZodEnum<EnumEntries<V>> {
  const schema = zodEnum(values as Entries);
  const known = enumValues(schema.def.entries as Entries);
  const { numbers, id, scope = defaultScope } = options;
  checkTypeId(id);
  checkScope(scope);
  const named: NamedSchema = { tag, ...parseTag(tag, { reserved: false }), typeId: id, schema };
  const type = {
    kind: "enum" as const,
    values: known,
    named,
    ...(numbers && { numbers: enumNumbers(known, numbers, tag) }),
  };
  registryOf(scope).addNamed(type);
  return withOwnType(schema, type) as never;
}
