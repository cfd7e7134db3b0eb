import type { z } from "zod";
import { object } from "zod";
import { type Described, describe, isDeferred, nestedTypes } from "./describe.ts";
import { CodecError } from "./error.ts";
import type { FieldType } from "./field-type.ts";
import { maxFields } from "./limits.ts";
import { snakeCase } from "./naming.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, registryOf, type TypeScope } from "./type-scope.ts";

/** A zod object schema made by {@link wireType}; `z.output` and `z.input` of it are its values. */
export type WireType<T = unknown> = z.core.$ZodObject & { readonly _zod: { readonly output: T } };

export interface WireTypeOptions<T = object> {
  /** `snake` (the default) writes `agentId` as `agent_id`; `as-written` keeps the key. */
  readonly naming?: "snake" | "as-written";
  /** Decoded values get this class's prototype; its constructor is not run. */
  readonly class?: new (
    ...args: never[]
  ) => T;
  /**
   * Keeps shared values and cycles: fields of this type are written once per object, and read as the
   * same object (docs/fory.md, "References"). Profile B only.
   */
  readonly refs?: boolean;
  /** A number for the name on the wire, shorter and shared with the peers; profile B only. */
  readonly id?: number;
  /** Where the tag must be unique; the whole process unless given. For types described by a peer. */
  readonly scope?: TypeScope;
  /** @internal Permits the protocol's own namespace `_aster/`. */
  readonly reserved?: boolean;
}

/** One field of a wire type, in the order of the schema. */
export interface WireField {
  /** On the wire, in JSON and in contracts. */
  readonly name: string;
  /** In TypeScript. */
  readonly key: string;
  readonly type: FieldType;
  /** May be null on the wire. */
  readonly nullable: boolean;
  /** Null on the wire is `undefined` in TypeScript. */
  readonly optional: boolean;
  /** Makes the value that the encoder writes for a missing key. */
  readonly default: (() => unknown) | undefined;
  /** Keeps references, as `.meta({ ref: true })` asks. */
  readonly ref: boolean;
  /** The number that stands for the name in profile B, given by `.meta({ fieldId })`. */
  readonly fieldId: number | undefined;
}

/** What a wire type is on the wire. Fields behind recursive getters are read on first use. */
export interface WireTypeInfo {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  /** Throws {@link CodecError} `schema` where a getter gives a schema without a wire form. */
  readonly fields: readonly WireField[];
  readonly schema: WireType;
  /** zod checks more than the wire type does (`.min()`, `.regex()`, …), here or anywhere inside. */
  readonly hasRefinements: boolean;
  readonly class: (new (...args: never[]) => unknown) | undefined;
  readonly scope: TypeScope;
  /** Values of this type keep their identity in profile B. */
  readonly refs: boolean;
  /** The number that stands for the tag in profile B. */
  readonly typeId: number | undefined;
  /** @internal The type that this one only adds checks to. */
  readonly base?: WireTypeInfo;
}

const mark: unique symbol = Symbol.for("@aster/codec wire type");
const fieldName = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;

interface Marked {
  [mark]?: Info;
}

/**
 * Gives an object schema its name on the wire.
 *
 * Throws {@link CodecError}: `tag` for a bad, reserved or taken tag, `schema` for a field without a
 * wire form. Defining one tag twice with the same shape is fine.
 */
export function wireType<S extends z.core.$ZodLooseShape>(
  tag: string,
  shape: S,
  options: WireTypeOptions = {},
): z.ZodObject<S, z.core.$strip> {
  const schema = object(shape);
  const info = new Info(tag, shape, schema, options);
  (schema._zod.def as Marked)[mark] = info;
  registryOf(info.scope).add(info);
  return schema;
}

/**
 * The description of a wire type, or undefined for any other value. A schema derived by checks,
 * `.meta()` or `.describe()` is still the type; one with other fields (`.extend()`, `.partial()`) is not.
 */
export function wireTypeInfo(schema: unknown): WireTypeInfo | undefined {
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) return undefined;
  const def = (schema as z.core.$ZodType)._zod.def as z.core.$ZodObjectDef & Marked;
  const info = def[mark];
  if (!info?.describes(def)) return undefined;
  if (def === info.schema._zod.def) return info;
  let checked = derived.get(schema);
  if (!checked) {
    checked = new CheckedInfo(info, schema as WireType);
    derived.set(schema, checked);
  }
  return checked;
}

const derived = new WeakMap<object, WireTypeInfo>();

/** The same type through a schema with checks or metadata of its own. */
class CheckedInfo implements WireTypeInfo {
  readonly base: Info;
  readonly schema: WireType;

  constructor(base: Info, schema: WireType) {
    this.base = base;
    this.schema = schema;
  }

  get tag(): string {
    return this.base.tag;
  }
  get namespace(): string {
    return this.base.namespace;
  }
  get name(): string {
    return this.base.name;
  }
  get fields(): readonly WireField[] {
    return this.base.fields;
  }
  get class(): (new (...args: never[]) => unknown) | undefined {
    return this.base.class;
  }
  get scope(): TypeScope {
    return this.base.scope;
  }
  get refs(): boolean {
    return this.base.refs;
  }
  get typeId(): number | undefined {
    return this.base.typeId;
  }
  get hasRefinements(): boolean {
    return hasChecks(this.schema) || this.base.hasRefinements;
  }
}

function isId(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function hasChecks(schema: WireType): boolean {
  return (schema._zod.def.checks?.length ?? 0) > 0;
}

interface ShapeGetter {
  (): unknown;
  /** The object that the getter reads, in newer versions of zod. */
  readonly raw?: unknown;
}

function shapeGetter(def: z.core.$ZodObjectDef): ShapeGetter | undefined {
  return Object.getOwnPropertyDescriptor(def, "shape")?.get;
}

class Info implements WireTypeInfo {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  readonly schema: WireType;
  readonly class: (new (...args: never[]) => unknown) | undefined;
  readonly scope: TypeScope;
  readonly refs: boolean;
  readonly typeId: number | undefined;
  readonly #naming: "snake" | "as-written";
  readonly #keys: readonly string[];
  /** Fields known at definition; those behind getters come later. */
  readonly #known = new Map<string, Described>();
  readonly #shape: z.core.$ZodLooseShape;
  /** How zod reads the shape. */
  readonly #readShape: ShapeGetter | undefined;
  #fields: readonly WireField[] | undefined;
  #refined: boolean | undefined;

  constructor(
    tag: string,
    shape: z.core.$ZodLooseShape,
    schema: z.core.$ZodObject,
    options: WireTypeOptions,
  ) {
    const { namespace, name } = parseTag(tag, { reserved: options.reserved ?? false });
    this.tag = tag;
    this.namespace = namespace;
    this.name = name;
    this.schema = schema as WireType;
    this.class = options.class;
    this.scope = options.scope ?? defaultScope;
    this.refs = options.refs ?? false;
    this.typeId = options.id;
    if (options.id !== undefined && !isId(options.id, 0xffff_fffe)) {
      throw new CodecError("tag", `${tag}: an id is an integer from 0 to 2^32 − 2`);
    }
    this.#naming = options.naming ?? "snake";
    this.#shape = shape;
    this.#readShape = shapeGetter(schema._zod.def);
    this.#keys = Object.keys(shape);
    if (this.#keys.length > maxFields) {
      throw new CodecError(
        "schema",
        `${tag} has ${this.#keys.length} fields, more than ${maxFields}`,
      );
    }
    for (const key of this.#keys) {
      if (Object.getOwnPropertyDescriptor(shape, key)?.get) continue;
      const described = describe(shape[key], `${tag}.${key}`);
      if (!isDeferred(described)) this.#known.set(key, described);
    }
    if (this.#known.size === this.#keys.length) this.#fields = this.#complete();
  }

  get fields(): readonly WireField[] {
    this.#fields ??= this.#complete();
    return this.#fields;
  }

  /** False while getters are unread: such a type is compared with its namesakes on first use. */
  get complete(): boolean {
    return this.#fields !== undefined;
  }

  get hasRefinements(): boolean {
    this.#refined ??= this.#anyRefined();
    return this.#refined;
  }

  /** Whether a definition still has this type's fields: checks and metadata copy it, other shapes do not count. */
  describes(def: z.core.$ZodObjectDef): boolean {
    if (def === this.schema._zod.def) return true;
    // a copy knows the shape it comes from: asking it would call the type's getters early
    const read = shapeGetter(def);
    if (read && (read === this.#readShape || read.raw === this.#shape)) return true;
    const shape = def.shape;
    if (Object.keys(shape).length !== this.#keys.length) return false;
    return this.#keys.every((key) => {
      const own = Object.getOwnPropertyDescriptor(this.#shape, key);
      return own?.get ? key in shape : shape[key] === own?.value;
    });
  }

  #complete(): readonly WireField[] {
    const shape = this.schema._zod.def.shape;
    const fields = this.#keys.map((key) => {
      const described = this.#describe(key, shape[key]);
      return Object.freeze({
        name: described.name ?? (this.#naming === "snake" ? snakeCase(key) : key),
        key,
        type: described.type,
        nullable: described.nullable,
        optional: described.optional,
        default: described.default,
        ref: described.ref,
        fieldId: described.fieldId,
      });
    });
    this.#checkNames(fields);
    return Object.freeze(fields);
  }

  #describe(key: string, schema: unknown): Described {
    const known = this.#known.get(key);
    if (known) return known;
    const described = describe(schema, `${this.tag}.${key}`, { resolve: true });
    if (isDeferred(described)) {
      throw new CodecError("schema", `${this.tag}.${key} is not defined yet when it is first used`);
    }
    this.#known.set(key, described);
    return described;
  }

  #checkNames(fields: readonly WireField[]): void {
    const keys = new Map<string, string>();
    const ids = new Set<number>();
    for (const { name, key, fieldId } of fields) {
      if (fieldId !== undefined && (!isId(fieldId, 32_767) || ids.has(fieldId))) {
        throw new CodecError(
          "schema",
          `${this.tag}.${key}: a fieldId is an integer from 0 to 32767, another for every field`,
        );
      }
      if (fieldId !== undefined) ids.add(fieldId);
      if (!fieldName.test(name)) {
        throw new CodecError(
          "schema",
          `${this.tag}.${key}: ${JSON.stringify(name.slice(0, 80))} is no field name; ` +
            'give the field one of letters, digits and _ with .meta({ name: "…" })',
        );
      }
      const other = keys.get(name);
      if (other !== undefined) {
        throw new CodecError(
          "schema",
          `${this.tag}: ${other} and ${key} are both "${name}" on the wire; ` +
            'rename one, or give it another name with .meta({ name: "…" })',
        );
      }
      keys.set(name, key);
    }
  }

  #anyRefined(): boolean {
    const seen = new Set<WireTypeInfo>([this]);
    for (const info of seen) {
      if (hasChecks(info.schema)) return true;
      const base = info instanceof CheckedInfo ? info.base : (info as Info);
      for (const field of base.fields) {
        if (base.#known.get(field.key)?.refined) return true;
        for (const inner of nestedTypes(field.type)) seen.add(inner);
      }
    }
    return false;
  }
}
