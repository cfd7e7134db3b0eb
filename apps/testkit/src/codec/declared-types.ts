import {
  arraySchemas,
  createTypeScope,
  scalarSchemas,
  type TypeScope,
  type WireType,
  wireEnum,
  wireExt,
  wireType,
  wireUnion,
} from "@aster/codec";
import { z } from "zod";
import {
  type Declaration,
  type EnumText,
  type ExtText,
  type FieldText,
  NotationError,
  parts,
  type StructText,
  type TypeText,
  type UnionText,
} from "./notation.ts";
import { ValueReader } from "./value-reader.ts";

export type StructClass = new () => object;

/** The wire types of a request's declarations, in a scope of their own. */
export class DeclaredTypes {
  readonly scope: TypeScope = createTypeScope();
  readonly #declared = new Map<string, Declaration>();
  readonly #types = new Map<string, WireType>();
  readonly #classes = new Map<string, StructClass>();
  readonly #names = new Map<unknown, string>();
  /** The schemas of enums, exts and unions. */
  readonly #schemas = new Map<string, z.ZodType>();
  readonly #refs: boolean;

  constructor(
    declarations: readonly Declaration[],
    options: { readonly refs: boolean; readonly root: TypeText },
  ) {
    this.#refs = options.refs;
    // only values of type `any` are recognized by their class
    const dynamic = JSON.stringify([declarations, options.root]).includes('"any"');
    for (const one of declarations) this.#declared.set(nameOf(one), one);
    for (const one of declarations) {
      if ((dynamic && "struct" in one) || "ext" in one) this.#addClass(nameOf(one));
    }
    for (const one of declarations) {
      if ("enum" in one) this.#schemas.set(one.enum, this.#enumeration(one));
    }
    for (const one of declarations) {
      if ("ext" in one) this.#schemas.set(one.ext, this.#ext(one));
      else if ("struct" in one) this.#define(one);
      else if ("union" in one) this.#schemas.set(one.union, this.#union(one));
    }
  }

  type(name: string): WireType {
    const type = this.#types.get(name);
    if (type !== undefined) return type;
    throw new NotationError("notation", `there is no struct ${name}`);
  }

  /** Returns the schema of a type. */
  schema(type: TypeText): z.ZodType {
    return this.#schema(type);
  }

  declaration(name: string): Declaration {
    const one = this.#declared.get(name);
    if (one === undefined) throw new NotationError("notation", `there is no type ${name}`);
    return one;
  }

  struct(name: string): StructText {
    const one = this.declaration(name);
    if ("struct" in one) return one;
    throw new NotationError("notation", `${name} is not a struct`);
  }

  enumeration(name: string): EnumText {
    const one = this.declaration(name);
    if ("enum" in one) return one;
    throw new NotationError("notation", `${name} is not an enum`);
  }

  union(name: string): UnionText {
    const one = this.declaration(name);
    if ("union" in one) return one;
    throw new NotationError("notation", `${name} is not a union`);
  }

  /** Returns the type of a union case. */
  caseOf(name: string, number: unknown): TypeText {
    const { cases } = this.union(name);
    const type = Object.hasOwn(cases, String(number)) ? cases[String(number)] : undefined;
    if (type === undefined) throw new NotationError("notation", `${name} has no case ${number}`);
    return type;
  }

  /** Returns a value of an ext, which holds its form. */
  ext(name: string, form: unknown): object {
    const Class = this.#classes.get(name);
    if (Class === undefined) throw new NotationError("notation", `there is no ext ${name}`);
    return Object.assign(Object.create(Class.prototype), { form });
  }

  /** Returns an empty object of the struct's class, or a plain object if it has none. */
  blank(name: string): Record<string, unknown> {
    const Class = this.#classes.get(this.struct(name).struct);
    return Class ? Object.create(Class.prototype) : {};
  }

  /** Returns the name of the struct or ext to whose class an object belongs. */
  nameOfObject(value: object): string | undefined {
    return this.#names.get(Object.getPrototypeOf(value));
  }

  #addClass(name: string): void {
    const Class = class {};
    this.#classes.set(name, Class);
    this.#names.set(Class.prototype, name);
  }

  #enumeration(one: EnumText): z.ZodType {
    return wireEnum(tagOf(one.ns, one.enum), one.values, {
      scope: this.scope,
      ...(one.id !== undefined && { id: one.id }),
    });
  }

  #ext(one: ExtText): z.ZodType {
    const Class = this.#classes.get(one.ext) as StructClass;
    return wireExt(tagOf(one.ns, one.ext), {
      class: Class,
      form: this.#schema(one.form),
      encode: (value) => (value as { readonly form: unknown }).form,
      decode: (form) => this.ext(one.ext, form),
      scope: this.scope,
      ...(one.id !== undefined && { id: one.id }),
    });
  }

  #union(one: UnionText): z.ZodType {
    const cases = Object.entries(one.cases).map(([number, type]) => [
      number,
      this.#later(type) ? z.lazy(() => this.#schema(type)) : this.#schema(type),
    ]);
    return wireUnion(tagOf(one.ns, one.union), Object.fromEntries(cases), {
      scope: this.scope,
      ...(one.id !== undefined && { id: one.id }),
    });
  }

  #define(one: StructText): void {
    const shape: Record<string, z.ZodType> = {};
    for (const field of one.fields) {
      const get = () => this.#field(field);
      // types can refer to themselves and to later types
      if (this.#later(field.type))
        Object.defineProperty(shape, field.name, { get, enumerable: true });
      else shape[field.name] = get();
    }
    const Class = this.#classes.get(one.struct);
    const tag = tagOf(one.ns, one.struct);
    const options = { naming: "as-written", reserved: true, scope: this.scope } as const;
    this.#types.set(
      one.struct,
      wireType(tag, shape, {
        ...options,
        ...(Class && { class: Class }),
        ...(one.id !== undefined && { id: one.id }),
      }),
    );
  }

  #later(type: TypeText): boolean {
    if (typeof type === "string") return false;
    const [kind, inner] = parts(type);
    if (kind === "map") return (inner as TypeText[]).some((one) => this.#later(one));
    if (kind === "type") {
      const name = String(inner);
      this.declaration(name);
      return !this.#types.has(name) && !this.#schemas.has(name);
    }
    return kind !== "array" && this.#later(inner as TypeText);
  }

  #field({ type, id, ref, default: otherwise }: FieldText): z.ZodType {
    const schema = this.#schema(type);
    const meta = { ...(id !== undefined && { fieldId: id }), ...(ref && this.#refs && { ref }) };
    const full = Object.keys(meta).length > 0 ? schema.meta(meta) : schema;
    if (otherwise === undefined) return full;
    return full.default(() => new ValueReader(this).read(otherwise, type));
  }

  #schema(type: TypeText): z.ZodType {
    if (typeof type === "string") return scalar(type);
    const [kind, inner] = parts(type);
    switch (kind) {
      case "list":
        return z.array(this.#schema(inner as TypeText));
      case "set":
        return z.set(this.#schema(inner as TypeText));
      case "opt":
        return z.nullable(this.#schema(inner as TypeText));
      case "map": {
        const [key, value] = inner as [TypeText, TypeText];
        return key === "string"
          ? z.record(z.string(), this.#schema(value))
          : z.map(this.#schema(key), this.#schema(value));
      }
      case "array":
        return array(String(inner));
      case "type":
        return this.#named(String(inner));
      default:
        throw new NotationError("notation", `there is no type {"${kind}"}`);
    }
  }

  #named(name: string): z.ZodType {
    const one = this.declaration(name);
    if ("struct" in one) return this.type(name) as WireType & z.ZodType;
    const named = this.#schemas.get(name);
    if (named) return named;
    throw new NotationError("notation", `${name} contains itself without a struct`);
  }
}

function nameOf(one: Declaration): string {
  if ("struct" in one) return one.struct;
  if ("ext" in one) return one.ext;
  return "enum" in one ? one.enum : one.union;
}

function tagOf(ns: string | undefined, name: string): string {
  return ns ? `${ns}/${name}` : name;
}

function scalar(kind: string): z.ZodType {
  if (kind === "any") return z.any();
  const make = isKeyOf(scalarSchemas, kind) ? scalarSchemas[kind] : undefined;
  if (make === undefined) throw new NotationError("notation", `there is no type "${kind}"`);
  // 64-bit integers are bigints and times are nanoseconds, to keep all digits
  return make("bigint");
}

function array(kind: string): z.ZodType {
  if (isKeyOf(arraySchemas, kind)) return arraySchemas[kind]();
  throw new NotationError("notation", `there are no arrays of ${kind}`);
}

function isKeyOf<T extends object>(table: T, key: string): key is keyof T & string {
  return Object.hasOwn(table, key);
}
