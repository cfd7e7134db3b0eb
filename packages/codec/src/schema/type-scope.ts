import { CodecError } from "../error.ts";
import { badOption } from "../option-check.ts";
import type { CaseUnion, ElementType, EnumType, ExtType, FieldType } from "./field-type.ts";
import { refuseUnlessReloaded } from "./redefinition.ts";
import type { WireTypeInfo } from "./wire-type-info.ts";

/**
 * A set of wire types in which a tag names one shape. Values of any type find their types in it.
 */
export interface TypeScope {
  /** Returns the type that was defined last with this tag. */
  find(tag: string): WireTypeInfo | undefined;
  /** Returns the type that was defined last with this number. */
  findId(id: number): WireTypeInfo | undefined;
  /** Returns the type that is bound to the class of this value. */
  ofClass(value: object): WireTypeInfo | undefined;
  /** Returns the enum, ext or union with this tag or number. */
  findNamed(name: string | number): NamedType | undefined;
  /** Returns the ext for the class of this value. */
  extOf(value: object): ExtType | undefined;
}

/** The types with names that are not structs. */
export type NamedType = ExtType | EnumType | CaseUnion;

/**
 * Makes a separate scope, for types that a peer describes: their tags do not clash with the
 * program's.
 */
export function createTypeScope(): TypeScope {
  return new Registry();
}

/**
 * Returns a scope with the methods that define types. Throws {@link CodecError} `option` for an
 * object that `createTypeScope` did not make.
 */
export function registryOf(scope: TypeScope): Registry {
  if (scope instanceof Registry) return scope;
  throw badOption("scope", "a scope made by createTypeScope()", scope);
}

/** A type whose getters may not be resolved yet. */
interface Defined extends WireTypeInfo {
  readonly complete: boolean;
}

const brand = Symbol.for("aster.TypeScope");

/**
 * A scope with the methods that define types. `instanceof` also accepts scopes of a second copy of
 * this package in the same program.
 */
export class Registry implements TypeScope {
  static {
    Object.defineProperty(Registry.prototype, brand, { value: true });
    Object.defineProperty(Registry, Symbol.hasInstance, {
      value: (value: unknown) => typeof value === "object" && value !== null && brand in value,
    });
  }

  readonly #types = new Map<string, Defined>();
  readonly #ids = new Map<number, WireTypeInfo>();
  readonly #classes = new Map<unknown, WireTypeInfo>();
  /** The types by their tags and their numbers. */
  readonly #named = new Map<string | number, NamedType>();
  readonly #exts = new Map<unknown, ExtType>();

  /** Adds a wire type. Throws {@link CodecError} `tag` if the tag names another shape. */
  add(info: Defined): void {
    if (this.#named.has(info.tag)) {
      refuseUnlessReloaded(info.tag, taken(info.tag, "an enum, ext or union"));
      this.#named.delete(info.tag);
    }
    if (info.typeId !== undefined && this.#named.has(info.typeId)) {
      const what = `${info.tag}: the id ${info.typeId}`;
      refuseUnlessReloaded(info.tag, taken(what, "an enum, ext or union"));
      this.#named.delete(info.typeId);
    }
    const known = this.#types.get(info.tag);
    if (known && info.complete && known.complete) this.confirm(info);
    const other = info.typeId === undefined ? undefined : this.#ids.get(info.typeId);
    if (other && other.tag !== info.tag) {
      refuseUnlessReloaded(info.tag, taken(`${info.tag}: the id ${info.typeId}`, other.tag));
    }
    this.#types.set(info.tag, info);
    if (info.typeId !== undefined) this.#ids.set(info.typeId, info);
    if (info.class) this.#classes.set(info.class.prototype, info);
  }

  /**
   * Adds another type with a name. Throws {@link CodecError} `tag` if the tag or number belongs to
   * another type.
   */
  addNamed(type: NamedType): void {
    const { tag, typeId } = type.named ?? {};
    if (tag === undefined) return;
    if (this.#types.has(tag)) {
      refuseUnlessReloaded(tag, taken(tag, "a struct"));
      this.#types.delete(tag);
    }
    const known = this.#named.get(tag);
    if (known && namedText(known) !== namedText(type)) {
      refuseUnlessReloaded(tag, taken(tag, "another type"));
    }
    if (typeId !== undefined) {
      const other = this.#ids.get(typeId)?.tag ?? this.#named.get(typeId)?.named?.tag;
      if (other !== undefined && other !== tag) {
        refuseUnlessReloaded(tag, taken(`${tag}: the id ${typeId}`, other));
        this.#ids.delete(typeId);
      }
      this.#named.set(typeId, type);
    }
    this.#named.set(tag, type);
    if (type.kind === "ext") this.#exts.set(type.class.prototype, type);
  }

  findNamed(name: string | number): NamedType | undefined {
    return this.#named.get(name);
  }

  extOf(value: object): ExtType | undefined {
    return this.#exts.get(Object.getPrototypeOf(value));
  }

  /** Compares a type with the one that has its tag. Resolves the getters of both. */
  confirm(info: WireTypeInfo): void {
    const known = this.#types.get(info.tag);
    if (!known || known === info || shapeText(known) === shapeText(info)) return;
    const error = new CodecError(
      "tag",
      `${info.tag} already names another shape: ${shapeText(known).slice(0, 200)}; ` +
        "give the new type a tag of its own, or define the type once and import it; " +
        "with NODE_ENV=development an edited module may define it again",
    );
    refuseUnlessReloaded(info.tag, error);
  }

  find(tag: string): WireTypeInfo | undefined {
    return this.#types.get(tag);
  }

  findId(id: number): WireTypeInfo | undefined {
    return this.#ids.get(id);
  }

  ofClass(value: object): WireTypeInfo | undefined {
    return this.#classes.get(Object.getPrototypeOf(value));
  }
}

/** The scope of types without a scope of their own. */
export const defaultScope: TypeScope = createTypeScope();

function taken(what: string, by: string): CodecError {
  return new CodecError("tag", `${what} already belongs to ${by}: use another`);
}

function shapeText(info: WireTypeInfo): string {
  return info.fields
    .map((field) => `${field.name}: ${typeText(field.type)}${field.nullable ? "?" : ""}`)
    .join(", ");
}

/** Returns the same for a type with a name, including the cases of a union. */
function namedText(type: NamedType): string {
  if (type.kind !== "named_union") return typeText(type);
  const cases = [...type.settled].map(
    ([number, form]) => `${number}: ${form ? elementText(form) : "…"}`,
  );
  return `union<${cases.join(", ")}>`;
}

function elementText({ type, nullable }: ElementType): string {
  return typeText(type) + (nullable ? "?" : "");
}

/**
 * Returns one line that is equal for equal wire forms. Nested types with names appear as their
 * tags.
 */
function typeText(type: FieldType): string {
  switch (type.kind) {
    case "list":
    case "set":
      return `${type.kind}<${elementText(type.element)}>`;
    case "map":
      return `map<${elementText(type.key)}, ${elementText(type.value)}>`;
    case "array":
      return `array<${type.element}>`;
    case "enum":
      return `enum<${type.values.map((value, i) => JSON.stringify(value) + (type.numbers ? `=${type.numbers[i]}` : "")).join("|")}>`;
    case "ext":
      return `${type.named.tag}(${elementText(type.form)})`;
    case "named_union":
      return type.named.tag;
    case "struct":
      return type.info().tag;
    case "union":
      return type.options.map((option) => option.info().tag).join("|");
    default:
      return type.kind;
  }
}
