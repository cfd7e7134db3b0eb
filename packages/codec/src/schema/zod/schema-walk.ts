import type { $ZodType, $ZodTypes } from "zod/v4/core";
import { globalRegistry } from "zod/v4/core";
import type { ElementType, FieldType, ScalarType } from "../field-type.ts";
import { hasCustomChecks } from "./custom-checks.ts";
import { emptyOptions } from "./empty-options.ts";
import { enumType } from "./enum-type.ts";
import { isLiteral, literalType } from "./literal-type.ts";
import { type NumberFormats, numberType } from "./number-type.ts";
import { ownType } from "./own-type.ts";
import { asZod, refuse } from "./refusal.ts";
import {
  bigintFormats,
  classOf,
  instead,
  keyKinds,
  numberFormats,
  typedArrays,
} from "./schema-forms.ts";
import { wireTypeInfo } from "./wire-type-mark.ts";

// The way from a zod schema to the type on the wire. It runs when a type is defined and, for fields
// behind getters, on first use; messages never reach it.

/** Thrown at a `z.lazy` whose getter must not be called yet. */
export const deferred: unique symbol = Symbol("deferred");

/**
 * Maximum nesting of the types of one field. A deeper one is a type that holds itself without a
 * name.
 */
const maxNesting = 200;

/** The description of a field's schema. */
export interface Described extends ElementType {
  /** The name given with `.meta({ name })`. */
  readonly name: string | undefined;
  readonly default: (() => unknown) | undefined;
  /** True if `.meta({ ref: true })` asks for references. */
  readonly ref: boolean;
  /**
   * The number given with `.meta({ fieldId })`. It is checked together with those of the other
   * fields.
   */
  readonly fieldId: number | undefined;
  /** True if zod checks more than the wire type does. Nested wire types do not count. */
  readonly refined: boolean;
  /** True if a check is a function of the program. Nested wire types do not count. */
  readonly custom: boolean;
}

/**
 * Describes one schema. `describe` makes a walk for each field, element or root, and the walk
 * visits the schemas inside. Throws `CodecError` `schema`, naming the path of the part
 * without a wire form.
 */
export class SchemaWalk {
  readonly #resolve: boolean;
  #refined = false;
  #custom = false;
  #depth = 0;

  constructor(resolve: boolean) {
    this.#resolve = resolve;
  }

  field(schema: unknown, path: string): Described {
    let name: string | undefined;
    let makeDefault: (() => unknown) | undefined;
    let ref = false;
    let fieldId: number | undefined;
    const note = (inner: $ZodType): void => {
      const meta = globalRegistry.get(inner);
      if (typeof meta?.name === "string") name ??= meta.name;
      if (meta?.ref === true) ref = true;
      if (typeof meta?.fieldId === "number") fieldId ??= meta.fieldId;
    };
    const element = this.element(schema, path, note, (value) => {
      makeDefault ??= value;
    });
    return {
      ...element,
      name,
      ref,
      fieldId,
      default: makeDefault,
      refined: this.#refined,
      custom: this.#custom,
    };
  }

  element(
    schema: unknown,
    path: string,
    visit?: (schema: $ZodType) => void,
    onDefault?: (makeDefault: () => unknown) => void,
  ): ElementType {
    if (++this.#depth > maxNesting) {
      throw refuse(
        path.slice(0, 200),
        "a type that holds itself",
        "give it a name with wireType(tag, shape)",
      );
    }
    const element = this.#element(schema, path, visit, onDefault);
    this.#depth--;
    return element;
  }

  #element(
    schema: unknown,
    path: string,
    visit: ((schema: $ZodType) => void) | undefined,
    onDefault: ((makeDefault: () => unknown) => void) | undefined,
  ): ElementType {
    let inner = schema;
    let nullable = false;
    let optional: boolean | undefined;
    for (let steps = 0; ; steps++) {
      if (steps > maxNesting) throw refuse(path, "a schema that only holds itself", undefined);
      const zod = asZod(inner, path);
      visit?.(zod);
      this.#custom ||= hasCustomChecks(zod);
      const def = zod._zod.def;
      // checks of a wrapper, as in .optional().refine()
      if ("innerType" in def || def.type === "lazy") this.#refined ||= this.#hasChecks(zod);
      switch (def.type) {
        case "optional":
          optional ??= true;
          break;
        case "nonoptional":
          optional ??= false;
          break;
        case "nullable":
          nullable = true;
          break;
        case "default":
        case "prefault":
          if (!onDefault) {
            throw refuse(path, "a default inside a container", "give the whole field a default");
          }
          onDefault(() => def.defaultValue);
          break;
        case "readonly":
          break;
        case "lazy":
          if (!this.#resolve) throw deferred;
          inner = def.getter();
          continue;
        default: {
          const empty = emptyOptions(zod);
          if (!empty) return elementOf(this.#type(zod, path), nullable, optional);
          this.#refined ||= this.#hasChecks(zod);
          nullable ||= empty.null;
          if (empty.undefined) optional ??= true;
          const { others } = empty;
          if (others.length !== 1) {
            return elementOf(this.#options(others, path, discriminatorOf(zod)), nullable, optional);
          }
          [inner] = others;
          continue;
        }
      }
      inner = def.innerType;
    }
  }

  #type(zod: $ZodTypes, path: string): FieldType {
    const own = ownType(zod);
    if (own) {
      this.#refined ||= (zod._zod.def.checks?.length ?? 0) > own.checks;
      if (own.type.kind === "named_union") {
        this.#refined ||= own.type.refined;
        this.#custom ||= own.type.custom;
      }
      return own.type;
    }
    const info = wireTypeInfo(zod);
    if (info) return { kind: "struct", info: () => info };
    const def = zod._zod.def;
    if (def.type !== "number" && def.type !== "bigint") this.#refined ||= this.#hasChecks(zod);
    switch (def.type) {
      case "string":
        return { kind: "string" };
      case "template_literal":
        this.#refined = true;
        return { kind: "string" };
      case "boolean":
        return { kind: "bool" };
      case "number":
        return this.#number(zod, numberFormats, path) ?? { kind: "float64" };
      case "bigint": {
        const type = this.#number(zod, bigintFormats, path);
        if (type) return type;
        throw refuse(path, "z.bigint()", instead.bigint);
      }
      case "date":
        return { kind: "timestamp" };
      case "custom":
        return this.#instance(zod, path);
      case "array":
        return { kind: "list", element: this.element(def.element, `${path}[]`) };
      case "set":
        return { kind: "set", element: this.element(def.valueType, `${path}[]`) };
      case "record":
      case "map":
        return this.#map(def.type === "record" ? "record" : "map", def, path);
      case "enum":
        return enumType(zod, def.entries, path);
      case "literal":
        this.#refined = true;
        return literalType(def.values, path);
      case "union":
        return this.#options(def.options, path, discriminatorOf(zod));
      case "any":
      case "unknown":
        return { kind: "any" };
      default:
        throw refuse(path, `z.${def.type}()`, instead[def.type]);
    }
  }

  #hasChecks(zod: $ZodTypes): boolean {
    const def = zod._zod.def as { readonly checks?: readonly unknown[]; readonly check?: string };
    return (def.checks?.length ?? 0) > 0 || def.check === "string_format";
  }

  #number(zod: $ZodTypes, formats: NumberFormats, path: string): ScalarType | undefined {
    const { type, refined } = numberType(zod, formats, path);
    this.#refined ||= refined;
    return type;
  }

  #instance(zod: $ZodTypes, path: string): FieldType {
    const target = classOf(zod);
    if (target === Uint8Array) return { kind: "binary" };
    const element = typedArrays.get(target);
    if (element) return { kind: "array", element };
    throw refuse(path, "z.custom()", instead.custom);
  }

  #map(
    form: "record" | "map",
    def: { readonly keyType: unknown; readonly valueType: unknown },
    path: string,
  ): FieldType {
    const key = this.element(def.keyType, `${path} (key)`);
    const value = this.element(def.valueType, `${path}[]`);
    if (!keyKinds.has(key.type.kind)) {
      throw refuse(
        path,
        `keys of type ${key.type.kind}`,
        "use strings, integers, booleans or enums",
      );
    }
    const text =
      key.type.kind === "string" ||
      (key.type.kind === "enum" && key.type.values.every((one) => typeof one === "string"));
    if (form === "record" && (!text || key.nullable)) {
      const keys = key.nullable ? "that may be null" : `of type ${key.type.kind}`;
      throw refuse(path, `a record with keys ${keys}`, "use z.map");
    }
    return { kind: "map", key, value, form };
  }

  #options(
    options: readonly unknown[],
    path: string,
    discriminator: string | undefined,
  ): FieldType {
    const types = options.map((option, i) => this.element(option, `${path}|${i}`));
    const [first] = types;
    if (first && types.every(({ type }) => type.kind === first.type.kind) && isLiteral(options)) {
      return first.type;
    }
    const structs = types.flatMap(({ type, nullable }) =>
      type.kind === "struct" && !nullable ? [type] : [],
    );
    if (structs.length !== types.length) {
      throw refuse(
        path,
        "a union with options that are not wire types",
        "make each option a wireType",
      );
    }
    return { kind: "union", options: structs, discriminator };
  }
}

function elementOf(type: FieldType, nullable: boolean, optional: boolean | undefined): ElementType {
  return { type, nullable: nullable || optional === true, optional: optional === true };
}

function discriminatorOf(zod: $ZodTypes): string | undefined {
  return (zod._zod.def as { readonly discriminator?: string }).discriminator;
}
