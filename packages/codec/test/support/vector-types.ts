import { z } from "zod";
import {
  createTypeScope,
  type TypeScope,
  type WireType,
  wireType,
  wireUnion,
} from "../../src/index.ts";
import { arraySchema, scalarSchema } from "./fixture.ts";

type TypeText = string | { readonly [kind: string]: unknown };

/** A declaration in the notation of fixtures/fory/notation.py. */
export interface Declaration {
  readonly struct?: string;
  readonly enum?: string;
  readonly union?: string;
  readonly cases?: Readonly<Record<string, TypeText>>;
  readonly ns?: string;
  readonly id?: number;
  readonly values?: Readonly<Record<string, number>>;
  readonly fields?: readonly {
    readonly name: string;
    readonly type: TypeText;
    readonly id?: number;
    readonly ref?: boolean;
  }[];
}

/**
 * The wire types of the vectors of profile B. Types other than structs, enums and unions are values
 * of any type here.
 */
export class VectorTypes {
  readonly #scope: TypeScope = createTypeScope();
  readonly #declared = new Map<string, Declaration>();
  readonly #types = new Map<string, WireType>();
  readonly #unions = new Map<string, z.core.$ZodType>();
  readonly #refs: boolean;

  constructor(declarations: readonly Declaration[], options: { readonly refs: boolean }) {
    this.#refs = options.refs;
    for (const one of declarations) this.#declared.set(nameOf(one), one);
    for (const one of declarations) if (one.struct !== undefined) this.#define(one, one.struct);
    for (const one of declarations) if (one.union !== undefined) this.#union(one, one.union);
  }

  type(name: string): z.core.$ZodType | undefined {
    return this.#types.get(name) ?? this.#unions.get(name);
  }

  #define(one: Declaration, name: string): void {
    const shape: Record<string, z.core.$ZodType> = {};
    for (const { name: key, type, id, ref } of one.fields ?? []) {
      const meta = { ...(id !== undefined && { fieldId: id }), ...(ref && this.#refs && { ref }) };
      const get = () => (this.#schema(type) as z.ZodType).meta(meta);
      // types may refer to themselves and to later ones
      Object.defineProperty(shape, key, { get, enumerable: true });
    }
    const type = wireType(one.ns ? `${one.ns}/${name}` : name, shape, {
      naming: "as-written",
      reserved: true,
      scope: this.#scope,
      ...(one.id !== undefined && { id: one.id }),
    });
    this.#types.set(name, type);
  }

  #union({ cases = {}, ns, id }: Declaration, name: string): void {
    const schemas = Object.entries(cases).map(([number, type]) => [
      number,
      z.lazy(() => this.#schema(type)),
    ]);
    const tag = ns ? `${ns}/${name}` : name;
    const union = wireUnion(tag, Object.fromEntries(schemas), {
      scope: this.#scope,
      ...(id !== undefined && { id }),
    });
    this.#unions.set(name, union);
  }

  #schema(text: TypeText): z.core.$ZodType {
    if (typeof text === "string") return scalarSchema(text, "bigint");
    const [kind, inner] = Object.entries(text)[0] as [string, never];
    switch (kind) {
      case "list":
        return z.array(this.#schema(inner));
      case "set":
        return z.set(this.#schema(inner));
      case "opt":
        return z.nullable(this.#schema(inner));
      case "map":
        return inner[0] === "string"
          ? z.record(z.string(), this.#schema(inner[1]))
          : z.map(this.#schema(inner[0]), this.#schema(inner[1]));
      case "array":
        return arraySchema(inner) ?? z.any();
      default:
        return this.#named(inner);
    }
  }

  #named(name: string): z.core.$ZodType {
    const values = this.#declared.get(name)?.values;
    if (values !== undefined) return z.enum(values);
    const struct = this.#types.get(name) as z.core.$ZodType | undefined;
    return struct ?? this.#unions.get(name) ?? z.any();
  }
}

function nameOf(one: Declaration): string {
  return one.struct ?? one.enum ?? one.union ?? "";
}
