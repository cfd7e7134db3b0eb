import { TypedValue, UnknownStruct } from "@aster/codec";
import type { DeclaredTypes } from "./declared-types.ts";
import { parts, present, type TypeText } from "./notation.ts";
import { arrayClasses } from "./scalar.ts";
import { dayNumber, decimalParts, secondsAndNanos } from "./time.ts";

/** Prints values of the codec in the notation. Objects that occur more than once get numbers. */
export class ValuePrinter {
  readonly #types: DeclaredTypes;
  readonly #counts = new Map<unknown, number>();
  readonly #numbers = new Map<unknown, number>();

  constructor(types: DeclaredTypes) {
    this.#types = types;
  }

  print(value: unknown, type: TypeText): unknown {
    this.#count(value);
    return this.#show(value, type);
  }

  #count(value: unknown): void {
    const inside = insideOf(value);
    if (inside === undefined) return;
    const count = (this.#counts.get(value) ?? 0) + 1;
    this.#counts.set(value, count);
    if (count === 1) for (const one of inside) this.#count(one);
  }

  #show(value: unknown, declared: TypeText): unknown {
    const type = present(declared);
    if ((this.#counts.get(value) ?? 0) < 2) return this.#form(value, type);
    const known = this.#numbers.get(value);
    if (known !== undefined) return { $ref: known };
    const number = this.#numbers.size + 1;
    this.#numbers.set(value, number);
    return { $id: number, v: this.#form(value, type) };
  }

  #form(value: unknown, type: TypeText): unknown {
    if (value === null || value === undefined) return null;
    if (typeof type === "object") return this.#composed(value, type);
    if (type === "timestamp" || type === "duration") {
      return { [type === "timestamp" ? "$ts" : "$dur"]: secondsAndNanos(value as bigint) };
    }
    if (type === "date") return { $date: dayNumber(value as string) };
    if (type === "decimal") return { $dec: decimalParts(value as string) };
    return typeof value === "object" ? this.#object(value) : single(value);
  }

  #composed(value: unknown, type: object): unknown {
    const [kind, inner] = parts(type);
    const one = inner as TypeText;
    switch (kind) {
      case "list":
        return (value as unknown[]).map((item) => this.#show(item, one));
      case "set":
        return this.#set(value as Set<unknown>, one);
      case "map":
        return this.#map(value as object, inner as [TypeText, TypeText]);
      case "array":
        return array(value as ArrayLike<number | bigint>, String(inner));
      default:
        return this.#named(value, String(inner));
    }
  }

  #named(value: unknown, name: string): unknown {
    const declared = this.#types.declaration(name);
    if ("struct" in declared) return this.#struct(value as object, name);
    if ("ext" in declared) return this.#ext(value as object, name, declared.form);
    if ("union" in declared) return this.#union(value as CaseValue, name);
    const member = Object.entries(declared.values).find(([, number]) => number === value);
    return { $enum: name, v: member?.[0] ?? value };
  }

  #struct(value: object, name: string): unknown {
    const fields = this.#types
      .struct(name)
      .fields.map(({ name: key, type }) => [
        key,
        this.#show((value as Record<string, unknown>)[key], type),
      ]);
    return { $struct: name, f: Object.fromEntries(fields) };
  }

  #unknown({ tag, fields }: UnknownStruct): unknown {
    const shown = [...fields].map(([name, value]) => [name, this.#show(value, "any")]);
    return { $unknown: tag.replace("/", "."), f: Object.fromEntries(shown) };
  }

  #ext(value: object, name: string, form: TypeText): unknown {
    return { $ext: name, v: this.#show((value as { readonly form: unknown }).form, form) };
  }

  #union({ case: number, value }: CaseValue, name: string): unknown {
    const type = this.#types.caseOf(name, number);
    return { $union: name, case: number, v: this.#show(value, type) };
  }

  #map(value: object, [key, inner]: readonly [TypeText, TypeText]): unknown {
    const pairs = value instanceof Map ? [...value] : Object.entries(value);
    return { $map: pairs.map(([k, v]) => [this.#show(k, key), this.#show(v, inner)]) };
  }

  #set(value: ReadonlySet<unknown>, inner: TypeText): unknown {
    return { $set: [...value].map((item) => this.#show(item, inner)) };
  }

  /** Prints a value of type `any` by its class. */
  #object(value: object): unknown {
    if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString("hex") };
    if (value instanceof Date)
      return { $ts: secondsAndNanos(BigInt(value.getTime()) * 1_000_000n) };
    if (Array.isArray(value)) return value.map((item) => this.#show(item, "any"));
    if (value instanceof Set) return this.#set(value, "any");
    if (value instanceof UnknownStruct) return this.#unknown(value);
    if (value instanceof TypedValue) return this.#show(value.value, typeTextOf(value));
    const kind = Object.entries(arrayClasses).find(([, Class]) => value instanceof Class);
    if (kind) return array(value as unknown as ArrayLike<number>, kind[0]);
    const name = this.#types.nameOfObject(value);
    return name === undefined ? this.#map(value, ["any", "any"]) : this.#named(value, name);
  }
}

/** A value of a union. */
interface CaseValue {
  readonly case: number;
  readonly value: unknown;
}

/** Returns the parts of an object, or undefined for values that are never shared. */
function insideOf(value: unknown): Iterable<unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (ArrayBuffer.isView(value) || value instanceof Date) return undefined;
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof UnknownStruct) return value.fields.values();
  return value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
}

function array(items: ArrayLike<number | bigint>, kind: string): unknown {
  return { $arr: kind, v: Array.from(items, single) };
}

function single(value: unknown): unknown {
  if (typeof value === "bigint") {
    const near = Number(value);
    return Number.isSafeInteger(near) ? near : { $i: String(value) };
  }
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return { $f: "nan" };
  if (!Number.isFinite(value)) return { $f: value > 0 ? "inf" : "-inf" };
  return Object.is(value, -0) ? { $f: "-0" } : value;
}

/** Returns the type that a typed value declares. */
function typeTextOf({ type }: TypedValue): TypeText {
  const named = type.kind === "enum" || type.kind === "named_union" ? type.named : undefined;
  const name = named?.name;
  return name === undefined ? type.kind : { type: name };
}
