import type { z } from "zod";
import { CodecError } from "../error.ts";
import { maxFields } from "../limits.ts";
import { checkBoolean, checkChoice, checkScope, checkTypeId } from "../option-check.ts";
import { freshDefault } from "./default-value.ts";
import { checkNames, snakeCase } from "./field-names.ts";
import { nestedTypes } from "./nested-types.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, type TypeScope } from "./type-scope.ts";
import type { WireField, WireType, WireTypeInfo } from "./wire-type-info.ts";
import { hasCustomChecks } from "./zod/custom-checks.ts";
import { describe, isDeferred } from "./zod/describe.ts";
import type { Described } from "./zod/schema-walk.ts";
import { hasChecks, type MarkedType } from "./zod/wire-type-mark.ts";

// `wireType` makes one definition per call and notes it in the schema. All modes, contracts and
// tools read it through `wireTypeInfo`. It lives as long as the schema, and in the registry of its
// scope.

export interface WireTypeOptions<T = object> {
  /** `snake` writes `agentId` as `agent_id`, `as-written` keeps the key. Default: `snake`. */
  readonly naming?: "snake" | "as-written" | undefined;
  /** The class of decoded values. They get its prototype; its constructor does not run. */
  readonly class?: (new (...args: never[]) => T) | undefined;
  /**
   * True if shared values and cycles are kept: an object is written once and decoded as the same
   * object (docs/fory.md, "References"). Profile B only. Default: false.
   */
  readonly refs?: boolean | undefined;
  /**
   * A number that replaces the name on the wire. It is shorter, and peers must use the same.
   * Profile B only.
   */
  readonly id?: number | undefined;
  /**
   * The scope in which the tag must be unique, for types that a peer describes. Default: the whole
   * process.
   */
  readonly scope?: TypeScope | undefined;
  /** @internal Permits the protocol's own namespace `_aster/`. */
  readonly reserved?: boolean | undefined;
}

/**
 * The description of a wire type, made by its definition. Fields behind getters are described on
 * first use, because their types may not be defined yet.
 */
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
  /** The fields described so far. Those behind getters are added later. */
  readonly #known = new Map<string, Described>();
  readonly #shape: z.core.$ZodLooseShape;
  /** The getter with which zod reads the shape. */
  readonly #readShape: ShapeGetter | undefined;
  #fields: readonly WireField[] | undefined;
  #checks: Checks | undefined;

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

  /**
   * False while getters are unresolved. Such a type is compared with others of its tag on first
   * use.
   */
  get complete(): boolean {
    return this.#fields !== undefined;
  }

  get hasRefinements(): boolean {
    return this.#anyChecks().refined;
  }

  get hasCustomChecks(): boolean {
    return this.#anyChecks().custom;
  }

  /**
   * Returns true if a schema's definition still has the fields of this type. Checks and metadata
   * copy the definition; schemas with other shapes do not count.
   */
  describes(def: z.core.$ZodObjectDef): boolean {
    if (def === this.schema._zod.def) return true;
    // a copy refers to the original shape: reading its own would call the getters too early
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
        default: described.default && freshDefault(described.type, described.default),
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

  #anyChecks(): Checks {
    if (this.#checks) return this.#checks;
    let refined = false;
    let custom = false;
    const seen = new Set<WireTypeInfo>([this]);
    for (const info of seen) {
      refined ||= hasChecks(info.schema);
      custom ||= hasCustomChecks(info.schema);
      const base = info.base ?? info;
      if (!(#known in base)) {
        // a definition of a second copy of this package
        refined ||= base.hasRefinements;
        custom ||= base.hasCustomChecks ?? true;
        continue;
      }
      for (const field of base.fields) {
        const known = base.#known.get(field.key);
        refined ||= known?.refined ?? false;
        custom ||= known?.custom ?? false;
        for (const inner of nestedTypes(field.type)) seen.add(inner);
      }
    }
    this.#checks = { refined, custom };
    return this.#checks;
  }
}

/** The checks of a type and of the types inside. */
interface Checks {
  readonly refined: boolean;
  readonly custom: boolean;
}

interface ShapeGetter {
  (): unknown;
  /** The object that the getter reads, in newer versions of zod. */
  readonly raw?: unknown;
}

function shapeGetter(def: z.core.$ZodObjectDef): ShapeGetter | undefined {
  return Object.getOwnPropertyDescriptor(def, "shape")?.get;
}
