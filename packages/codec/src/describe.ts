import type { $ZodType, $ZodTypes } from "zod/v4/core";
import { globalRegistry } from "zod/v4/core";
import { CodecError } from "./error.ts";
import type { ElementType, FieldType, ScalarType } from "./field-type.ts";
import { ownType } from "./own-type.ts";
import { bigintFormats, instead, keyKinds, numberFormats, typedArrays } from "./schema-forms.ts";
import { type WireTypeInfo, wireTypeInfo } from "./wire-type.ts";

/** A field's schema, taken apart. */
export interface Described extends ElementType {
  /** The name given with `.meta({ name })`. */
  readonly name: string | undefined;
  readonly default: (() => unknown) | undefined;
  /** Asked for with `.meta({ ref: true })`. */
  readonly ref: boolean;
  /** Given with `.meta({ fieldId })`; checked where the fields of a type come together. */
  readonly fieldId: number | undefined;
  /** zod checks more than the wire type says. Nested wire types are not counted. */
  readonly refined: boolean;
}

/** The schema holds a `z.lazy` whose getter must not be called before the module is complete. */
export interface Deferred {
  readonly deferred: true;
}

export function isDeferred(described: Described | Deferred): described is Deferred {
  return "deferred" in described;
}

/**
 * Finds the wire form of a zod schema (docs/fory.md, "From zod to the wire").
 *
 * Throws {@link CodecError} `schema`, naming `path`. Answers with {@link Deferred} at a `z.lazy`, unless told to resolve it.
 */
export function describe(
  schema: unknown,
  path: string,
  options: { readonly resolve?: boolean } = {},
): Described | Deferred {
  const walk = new Walk(options.resolve ?? false);
  try {
    return walk.field(schema, path);
  } catch (reason) {
    if (reason === deferred) return deferred;
    throw reason;
  }
}

/** The wire types directly inside a field's type. */
export function nestedTypes(type: FieldType): readonly WireTypeInfo[] {
  switch (type.kind) {
    case "list":
    case "set":
      return nestedTypes(type.element.type);
    case "map":
      return nestedTypes(type.value.type);
    case "struct":
      return [type.info()];
    case "union":
      return type.options.map((option) => option.info());
    default:
      return [];
  }
}

const deferred: Deferred = Object.freeze({ deferred: true });

class Walk {
  readonly #resolve: boolean;
  #refined = false;

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
    return { ...element, name, ref, fieldId, default: makeDefault, refined: this.#refined };
  }

  element(
    schema: unknown,
    path: string,
    visit?: (schema: $ZodType) => void,
    onDefault?: (makeDefault: () => unknown) => void,
  ): ElementType {
    let inner = schema;
    let nullable = false;
    let optional: boolean | undefined;
    for (;;) {
      const zod = asZod(inner, path);
      visit?.(zod);
      const def = zod._zod.def;
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
          this.#refined ||= def.type === "prefault" && this.#hasChecks(zod);
          break;
        case "readonly":
          break;
        case "lazy":
          if (!this.#resolve) throw deferred;
          inner = def.getter();
          continue;
        case "union": {
          const kept = def.options.filter((option) => !isEmpty(option as $ZodTypes));
          if (kept.length === def.options.length) {
            return this.#ended(this.#union(zod, def, path), nullable, optional);
          }
          for (const option of def.options as readonly $ZodTypes[]) {
            if (isEmptyKind(option, null)) nullable = true;
            if (isEmptyKind(option, undefined)) optional ??= true;
          }
          if (kept.length === 1) {
            inner = kept[0];
            continue;
          }
          return this.#ended(this.#options(kept, path, discriminatorOf(def)), nullable, optional);
        }
        default:
          return this.#ended(this.#type(zod, path), nullable, optional);
      }
      inner = def.innerType;
    }
  }

  #ended(type: FieldType, nullable: boolean, optional: boolean | undefined): ElementType {
    return { type, nullable: nullable || optional === true, optional: optional === true };
  }

  #type(zod: $ZodTypes, path: string): FieldType {
    const own = ownType(zod);
    if (own) {
      this.#refined ||= (zod._zod.def.checks?.length ?? 0) > own.checks;
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
        return { kind: "enum", values: enumValues(def.entries) };
      case "literal":
        this.#refined = true;
        return literalType(def.values, path);
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

  /** The format of a number, given by the schema itself or by a check (`z.number().int()`); other checks refine. */
  #number(
    zod: $ZodTypes,
    formats: Readonly<Record<string, ScalarType>>,
    path: string,
  ): ScalarType | undefined {
    const def = zod._zod.def as { readonly format?: string; readonly checks?: readonly Check[] };
    let format = def.format;
    for (const check of def.checks ?? []) {
      const given = check._zod.def.format;
      if (format === undefined && given !== undefined && given in formats) format = given;
      else this.#refined = true;
    }
    if (format === undefined) return undefined;
    const type = formats[format];
    if (!type) throw refuse(path, `the number format ${format}`, undefined);
    return type;
  }

  #instance(zod: $ZodTypes, path: string): FieldType {
    const target: unknown = (zod._zod.bag as { readonly Class?: unknown }).Class;
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
    if (key.nullable || !keyKinds.has(key.type.kind)) {
      throw refuse(
        path,
        `keys of type ${key.type.kind}`,
        "use strings, integers, booleans or enums",
      );
    }
    const text =
      key.type.kind === "string" ||
      (key.type.kind === "enum" && key.type.values.every((one) => typeof one === "string"));
    if (form === "record" && !text) {
      throw refuse(path, `a record with keys of type ${key.type.kind}`, "use z.map");
    }
    return { kind: "map", key, value, form };
  }

  #union(zod: $ZodTypes, def: UnionDef, path: string): FieldType {
    this.#refined ||= this.#hasChecks(zod);
    return this.#options(def.options, path, discriminatorOf(def));
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
      throw refuse(path, "a union of anything but wire types", "give each option a wireType");
    }
    return { kind: "union", options: structs, discriminator };
  }
}

interface Check {
  readonly _zod: { readonly def: { readonly format?: string } };
}

interface UnionDef {
  readonly options: readonly unknown[];
}

function discriminatorOf(def: UnionDef): string | undefined {
  return (def as { readonly discriminator?: string }).discriminator;
}

function asZod(schema: unknown, path: string): $ZodTypes {
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) {
    throw refuse(path, "something that is no zod 4 schema", "use a schema of zod 4 or zod/mini");
  }
  return schema as $ZodTypes;
}

function isLiteral(options: readonly unknown[]): boolean {
  return options.every((option) => (option as $ZodTypes)._zod.def.type === "literal");
}

function isEmpty(schema: $ZodTypes): boolean {
  return isEmptyKind(schema, null) || isEmptyKind(schema, undefined);
}

function isEmptyKind(schema: $ZodTypes, empty: null | undefined): boolean {
  const def = schema._zod.def;
  if (def.type === "literal") return def.values.length === 1 && def.values[0] === empty;
  return def.type === String(empty);
}

/** Values in the order of declaration; the reverse entries of a numeric TypeScript enum are not values. */
function enumValues(entries: Readonly<Record<string, string | number>>): (string | number)[] {
  const numbers = Object.values(entries).filter((value) => typeof value === "number");
  return Object.entries(entries)
    .filter(([key]) => !numbers.includes(Number(key)))
    .map(([, value]) => value);
}

/** A literal travels as its base type: the other side checks the value. */
function literalType(values: readonly unknown[], path: string): ScalarType {
  if (values.every((value) => typeof value === "string")) return { kind: "string" };
  if (values.every((value) => typeof value === "boolean")) return { kind: "bool" };
  if (values.every((value) => Number.isSafeInteger(value)))
    return { kind: "varint64", as: "number" };
  if (values.every((value) => typeof value === "number")) return { kind: "float64" };
  throw refuse(path, "a literal of this kind", "use strings, booleans or numbers of one kind");
}

function refuse(path: string, what: string, hint: string | undefined): CodecError {
  return new CodecError(
    "schema",
    `${path}: ${what} has no form on the wire${hint === undefined ? "" : `; ${hint}`}`,
    { path },
  );
}
