import { type ZodEnum, enum as zodEnum } from "zod";
import { CodecError } from "../error.ts";
import { checkScope, checkTypeId } from "../option-check.ts";
import type { NamedSchema } from "./field-type.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, registryOf, type TypeScope } from "./type-scope.ts";
import { enumNumbers, enumValues } from "./zod/enum-type.ts";
import { withOwnType } from "./zod/own-type.ts";

type Entries = Readonly<Record<string, string | number>>;

/** The values of an enum by their keys: a list of texts is its own keys. */
export type EnumEntries<V> = V extends readonly string[]
  ? { [K in V[number]]: K }
  : V extends Readonly<Record<string, string | number>>
    ? V
    : never;

export interface WireEnumOptions {
  /** Numbers for the values in profile B; their places in the declaration unless given. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** A number for the name on the wire, shorter and shared with the peers. */
  readonly id?: number;
  /** Where the tag must be unique; the whole process unless given. */
  readonly scope?: TypeScope;
}

/**
 * A `z.enum` with a name on the wire, by which it is known in values of any type and as a whole message.
 * As a field it is what a `z.enum` is.
 *
 * Throws {@link CodecError}: `tag` for a bad or taken tag, `schema` for numbers that lack or repeat.
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
