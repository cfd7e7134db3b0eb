import type { z } from "zod";
import { discriminatedUnion, literal, object } from "zod";
import { CodecError } from "../error.ts";
import { checkScope, checkTypeId, isIdUpTo } from "../option-check.ts";
import type { CaseUnion, ElementType, NamedSchema } from "./field-type.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, registryOf, type TypeScope } from "./type-scope.ts";
import { describe, isDeferred } from "./zod/describe.ts";
import { withOwnType } from "./zod/own-type.ts";
import { refuse } from "./zod/refusal.ts";
import type { Described } from "./zod/schema-walk.ts";

/** The schemas of the cases by their numbers on the wire. */
export type UnionCases = Readonly<Record<number, z.core.$ZodType>>;

/** One object type for each case, distinguished by `case`. */
export type CaseSchemas<C extends UnionCases> = readonly {
  [N in keyof C & number]: z.ZodObject<{ case: z.ZodLiteral<N>; value: C[N] }, z.core.$strip>;
}[keyof C & number][];

export interface WireUnionOptions {
  /** A number that replaces the name on the wire. It is shorter, and peers must use the same. */
  readonly id?: number | undefined;
  /** The scope in which the tag must be unique. Default: the whole process. */
  readonly scope?: TypeScope | undefined;
}

/**
 * Defines a union of values of any types, each with the number of its case:
 * `wireUnion("demo/Contact", { 0: z.string(), 1: Point })` has values like `{ case: 0, value: "Ada"
 * }` (docs/fory.md, "Unions of numbered cases"). Never reuse a number for another meaning.
 *
 * Throws {@link CodecError}: `option` for a bad option, `tag` for a bad or used tag, `schema` for a
 * bad number or a case without a wire form.
 */
export function wireUnion<const C extends UnionCases>(
  tag: string,
  cases: C,
  options: WireUnionOptions = {},
): z.ZodDiscriminatedUnion<CaseSchemas<C>, "case"> {
  const { id, scope = defaultScope } = options;
  checkTypeId(id);
  checkScope(scope);
  const name = parseTag(tag, { reserved: false });
  const schemas = Object.entries(cases).map(([key, schema]) => {
    const number = Number(key);
    if (!isIdUpTo(number, 0xffff_ffff) || String(number) !== key) {
      throw refuse(`${tag}.${key}`, "a case with this number", "use integers from 0 to 2^32 − 1");
    }
    return [number, schema] as const;
  });
  if (schemas.length === 0) throw refuse(tag, "a union without cases", "add at least one case");
  const objects = schemas.map(([number, value]) => object({ case: literal(number), value }));
  const schema = discriminatedUnion("case", objects as never) as z.core.$ZodType;
  const type = new UnionDefinition({ tag, ...name, typeId: id, schema }, schemas);
  registryOf(scope).addNamed(type);
  return withOwnType(schema, type) as never;
}

/** The type of a union, made by its definition. */
class UnionDefinition implements CaseUnion {
  readonly kind = "named_union";
  readonly named: NamedSchema;
  readonly settled: ReadonlyMap<number, Described | undefined>;
  readonly refined: boolean;
  readonly custom: boolean;
  readonly #schemas: readonly (readonly [number, z.core.$ZodType])[];
  #cases: ReadonlyMap<number, ElementType> | undefined;

  constructor(named: NamedSchema, schemas: readonly (readonly [number, z.core.$ZodType])[]) {
    this.named = named;
    this.#schemas = schemas;
    const settled = schemas.map(([number, schema]) => {
      const form = describe(schema, this.#pathOf(number));
      return [number, isDeferred(form) ? undefined : form] as const;
    });
    this.settled = new Map(settled);
    // the checks of a lazy schema are not known yet: assume that it has some
    this.refined = settled.some(([, form]) => form?.refined ?? true);
    this.custom = settled.some(([, form]) => form?.custom ?? true);
  }

  readonly cases = (): ReadonlyMap<number, ElementType> => {
    this.#cases ??= new Map(
      this.#schemas.map(([number, schema]) => [number, this.#form(number, schema)]),
    );
    return this.#cases;
  };

  #form(number: number, schema: z.core.$ZodType): ElementType {
    const form =
      this.settled.get(number) ?? describe(schema, this.#pathOf(number), { resolve: true });
    if (!isDeferred(form)) return form;
    throw new CodecError(
      "schema",
      `${this.#pathOf(number)} is not defined yet when it is first used`,
    );
  }

  #pathOf(number: number): string {
    return `${this.named.tag}.${number}`;
  }
}
