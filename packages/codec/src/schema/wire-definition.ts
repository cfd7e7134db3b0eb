import type { z } from "zod";
import { CodecError } from "../error.ts";
import { maxFields } from "../limits.ts";
import { checkBoolean, checkChoice, checkScope, checkTypeId } from "../option-check.ts";
import { checkNames, snakeCase } from "./field-names.ts";
import { nestedTypes } from "./nested-types.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, type TypeScope } from "./type-scope.ts";
import type { WireField, WireType, WireTypeInfo } from "./wire-type-info.ts";
import { describe, isDeferred } from "./zod/describe.ts";
import type { Described } from "./zod/schema-walk.ts";
import { hasChecks, type MarkedType } from "./zod/wire-type-mark.ts";

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

/** A wire type as its definition makes it. */
export class WireDefinition implements MarkedType {
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
    checkChoice("naming", options.naming, ["snake", "as-written"]);
    checkBoolean("refs", options.refs);
    checkTypeId(options.id);
    checkScope(options.scope);
    const { namespace, name } = parseTag(tag, { reserved: options.reserved ?? false });
    this.tag = tag;
    this.namespace = namespace;
    this.name = name;
    this.schema = schema as WireType;
    this.class = options.class;
    this.scope = options.scope ?? defaultScope;
    this.refs = options.refs ?? false;
    this.typeId = options.id;
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
    checkNames(this.tag, fields);
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

  #anyRefined(): boolean {
    const seen = new Set<WireTypeInfo>([this]);
    for (const info of seen) {
      if (hasChecks(info.schema)) return true;
      const base = (info.base ?? info) as WireDefinition;
      for (const field of base.fields) {
        if (base.#known.get(field.key)?.refined) return true;
        for (const inner of nestedTypes(field.type)) seen.add(inner);
      }
    }
    return false;
  }
}

interface ShapeGetter {
  (): unknown;
  /** The object that the getter reads, in newer versions of zod. */
  readonly raw?: unknown;
}

function shapeGetter(def: z.core.$ZodObjectDef): ShapeGetter | undefined {
  return Object.getOwnPropertyDescriptor(def, "shape")?.get;
}
