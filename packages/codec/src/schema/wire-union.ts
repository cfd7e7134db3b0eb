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

/** The cases of a union: a schema by the number that stands for it on the wire. */
export type UnionCases = Readonly<Record<number, z.core.$ZodType>>;

/** One object type for each case, told apart by `case`. */
export type CaseSchemas<C extends UnionCases> = readonly {
  [N in keyof C & number]: z.ZodObject<{ case: z.ZodLiteral<N>; value: C[N] }, z.core.$strip>;
}[keyof C & number][];

export interface WireUnionOptions {
  /** A number for the name on the wire, shorter and shared with the peers. */
  readonly id?: number;
  /** Where the tag must be unique; the whole process unless given. */
  readonly scope?: TypeScope;
}

/**
 * One of several values of any types, each with the number of its case: `wireUnion("demo/Contact", { 0: z.string(),
 * 1: Point })` has values like `{ case: 0, value: "Ada" }` (docs/fory.md, "Unions of numbered cases"). A number is never
 * given to something else later.
 *
 * Throws {@link CodecError}: `tag` for a bad or taken tag, `schema` for a bad number or a case without a wire form.
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
      throw refuse(`${tag}.${key}`, "a case of this number", "use integers of 32 bits, from 0 on");
    }
    return [number, schema] as const;
  });
  if (schemas.length === 0) throw refuse(tag, "a union without cases", "give it one");
  const objects = schemas.map(([number, value]) => object({ case: literal(number), value }));
  const schema = discriminatedUnion("case", objects as never) as z.core.$ZodType;
  const type = new UnionDefinition({ tag, ...name, typeId: id, schema }, schemas);
  registryOf(scope).addNamed(type);
  return withOwnType(schema, type) as never;
}

/** A union as its definition makes it. */
class UnionDefinition implements CaseUnion {
  readonly kind = "named_union";
  readonly named: NamedSchema;
  readonly settled: ReadonlyMap<number, Described | undefined>;
  readonly refined: boolean;
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
    // what a lazy schema checks is not known yet
    this.refined = settled.some(([, form]) => form?.refined ?? true);
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
