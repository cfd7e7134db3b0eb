import { fail, kindOf, quote } from "../failure.ts";
import type { FieldType } from "./field-type.ts";
import type { WireField, WireTypeInfo } from "./wire-type-info.ts";

export type UnionType = Extract<FieldType, { kind: "union" }>;
export type NameOf = (field: WireField) => string;

/**
 * Finds the option of a union for a value: by class, by a key with distinct literals, or by the
 * required keys.
 */
export class Choices {
  readonly byTag: ReadonlyMap<string, WireTypeInfo>;
  readonly #options: readonly WireTypeInfo[];
  readonly #nameOf: NameOf;
  /** The name of the discriminating field in the objects. */
  readonly #name: string | undefined;
  readonly #byLiteral = new Map<unknown, WireTypeInfo>();

  /** `nameOf` returns the name of a field in the objects: its key, or its name on the wire. */
  constructor(type: UnionType, nameOf: NameOf) {
    this.#nameOf = nameOf;
    this.#options = type.options.map((option) => option.info());
    this.byTag = new Map(this.#options.map((info) => [info.tag, info]));
    const key = type.discriminator ?? this.#distinctKey();
    const field = this.#options[0]?.fields.find((one) => one.key === key);
    if (key === undefined || !field) return;
    this.#name = nameOf(field);
    for (const info of this.#options) {
      for (const literal of literals(info, key)) this.#byLiteral.set(literal, info);
    }
  }

  /** True if a field distinguishes the options. */
  get discriminated(): boolean {
    return this.#name !== undefined;
  }

  /** Returns the option for a value. */
  of(value: unknown): WireTypeInfo {
    if (typeof value !== "object" || value === null) {
      throw fail("value", `expected an object, got ${kindOf(value)}`);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    for (const info of this.#options) {
      if (info.class && prototype === info.class.prototype) return info;
    }
    if (this.#name !== undefined) {
      const literal = (value as Record<string, unknown>)[this.#name];
      const info = this.#byLiteral.get(literal);
      if (info) return info;
      throw fail("value", `${this.#name} is ${quote(literal)}, which no option of this union has`);
    }
    const info = this.#options.find((option) => this.#matches(value, option));
    if (info) return info;
    throw fail("value", `an object that fits none of ${[...this.byTag.keys()].join(", ")}`);
  }

  #matches(value: object, info: WireTypeInfo): boolean {
    const names = new Set(info.fields.map(this.#nameOf));
    const required = info.fields.filter((field) => !field.nullable && field.default === undefined);
    return (
      required.every((field) => Object.hasOwn(value, this.#nameOf(field))) &&
      Object.keys(value).every((key) => names.has(key))
    );
  }

  #distinctKey(): string | undefined {
    return this.#options[0]?.fields
      .map((field) => field.key)
      .find((key) => {
        const seen = new Set<unknown>();
        return this.#options.every((info) => {
          const own = [...literals(info, key)];
          const fresh = own.length > 0 && own.every((literal) => !seen.has(literal));
          for (const literal of own) seen.add(literal);
          return fresh;
        });
      });
  }
}

function literals(info: WireTypeInfo, key: string): ReadonlySet<unknown> {
  const values = info.schema._zod.propValues?.[key];
  return values ?? new Set();
}
