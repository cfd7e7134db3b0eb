import type { Declaration, FieldText, TypeText } from "@aster-apps/testkit/codec";
import type { Random } from "../../support/random.ts";

/** A message for the codec under test and the reference implementation. */
export interface RandomCase {
  readonly types: readonly Declaration[];
  readonly root: TypeText;
  readonly value: unknown;
}

/** The features that the reference implementation of a profile supports. */
export interface Scope {
  readonly scalars: readonly string[];
  readonly compatible: boolean;
  /**
   * Allows unions. Evolution tests do not, because pyfory cannot skip unions that its types lack.
   */
  readonly unions: boolean;
}

const keys = ["string", "bool", "varint32", "varint64", "int8", "uint16", "var_uint32", "int32"];
const arrays = ["int8", "int16", "int32", "int64", "uint16", "uint32", "float32", "float64"];
const names = [
  "a",
  "b_c",
  "id",
  "x2",
  "name",
  "very_long_field_name",
  "z_1",
  "kind",
  "value_of",
  "q",
];
const texts = [
  "",
  "hello",
  "héllo ÿ",
  "x".repeat(47),
  "ab".repeat(520),
  "你好",
  "a🚀b",
  "\u0000\n",
  "a你",
];
const colors = { RED: 0, GREEN: 1, BLUE: 2 };

/** Generates random types and values of them. */
export class Maker {
  readonly #random: Random;
  readonly #scope: Scope;
  #types: Declaration[] = [];

  constructor(random: Random, scope: Scope) {
    this.#random = random;
    this.#scope = scope;
  }

  case(): RandomCase {
    this.#types.push({ enum: "Color", ns: "rnd", values: colors });
    const inner = this.#below(3);
    for (let i = 0; i < inner; i++) {
      this.#struct(`Inner${"ABC"[i]}`);
      if (this.#scope.unions && this.#below(3) === 0) this.#union(`Union${"ABC"[i]}`);
    }
    const root = this.#struct("Root");
    return {
      types: this.#types,
      root: { type: root },
      value: this.#value({ type: root }),
    };
  }

  /** Generates a value of a root type among other types. */
  valueOf(types: readonly Declaration[], root: TypeText): unknown {
    this.#types = [...types];
    return this.#value(root);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  #struct(name: string): string {
    const free = [...names];
    const fields: FieldText[] = [];
    for (let count = this.#below(6); count > 0; count--) {
      const [field = ""] = free.splice(this.#below(free.length), 1);
      fields.push({ name: field, type: this.#type(2) });
    }
    this.#types.push({ struct: name, ns: this.#one(["rnd", "rnd", "a.b", "", "x_1"]), fields });
    return name;
  }

  #union(name: string): void {
    const cases: Record<string, TypeText> = {};
    for (let count = 1 + this.#below(4); count > 0; count--) {
      cases[this.#below(4) === 0 ? this.#below(100_000) : this.#below(6)] = this.#case();
    }
    this.#types.push({ union: name, ns: "rnd", cases });
  }

  /**
   * Generates the type of a union case. pyfory 0.16 has no unions of containers; no version has
   * unions of `any` or of nullable enums, and pyfory 1.7.7 writes the second union directly within
   * a union with the names of its Python attributes.
   */
  #case(): TypeText {
    const structs = this.#types.flatMap((one) => ("struct" in one ? [{ type: one.struct }] : []));
    const type = this.#scope.compatible
      ? this.#present(2)
      : this.#one<TypeText>([...structs, "string", "varint32", "varint64", "bool", "float64"]);
    return JSON.stringify(type).includes('"any"') || this.#isUnion(type) ? "string" : type;
  }

  #isUnion(type: TypeText): boolean {
    if (typeof type !== "object" || !("type" in type)) return false;
    return this.#types.some((one) => "union" in one && one.union === type.type);
  }

  #type(depth: number): TypeText {
    const roll = this.#below(16);
    if (depth === 0 || roll < 7) return this.#one(this.#scope.scalars);
    if (roll < 9) return { list: this.#type(depth - 1) };
    if (roll < 11) return { opt: this.#present(depth - 1) };
    if (roll < 12) {
      const key = this.#one(keys);
      return { map: [this.#below(4) === 0 ? { opt: key } : key, this.#type(depth - 1)] };
    }
    if (roll < 13) return { set: this.#one(keys) };
    if (roll < 14) return { array: this.#one(arrays) };
    const named = this.#types.map((one) =>
      "struct" in one ? one.struct : "union" in one ? one.union : "Color",
    );
    return { type: this.#one(named) };
  }

  #present(depth: number): TypeText {
    const type = this.#type(depth);
    return typeof type === "object" && "opt" in type ? type.opt : type;
  }

  #value(type: TypeText): unknown {
    if (typeof type === "string") return this.#scalar(type);
    if ("opt" in type) return this.#below(3) === 0 ? null : this.#value(type.opt);
    if ("list" in type) return this.#items(() => this.#value(type.list));
    if ("set" in type) return { $set: distinct(this.#items(() => this.#value(type.set))) };
    if ("array" in type)
      return { $arr: type.array, v: this.#items(() => this.#scalar(type.array)) };
    if ("map" in type) return { $map: this.#pairs(type.map) };
    return this.#named(type.type);
  }

  #items(make: () => unknown): unknown[] {
    const count = this.#below(30) === 0 ? 300 : this.#below(4);
    return Array.from({ length: count }, make);
  }

  #pairs([key, value]: readonly [TypeText, TypeText]): unknown[] {
    const made = distinct(this.#items(() => this.#value(key)));
    return made.map((one) => [one, this.#value(value)]);
  }

  #named(name: string): unknown {
    const union = this.#types.find((one) => "union" in one && one.union === name);
    if (union && "union" in union) {
      const number = this.#one(Object.keys(union.cases));
      const v = this.#value(union.cases[number] as TypeText);
      return { $union: name, case: Number(number), v };
    }
    const declared = this.#types.find((one) => "struct" in one && one.struct === name);
    if (!declared || !("struct" in declared)) {
      return { $enum: name, v: this.#one(Object.keys(colors)) };
    }
    const values = declared.fields.map((field) => [field.name, this.#value(field.type)]);
    return { $struct: name, f: Object.fromEntries(values) };
  }

  #scalar(kind: string): unknown {
    switch (kind) {
      case "bool":
        return this.#below(2) === 0;
      case "string":
        return this.#one(texts);
      case "binary":
        return { $hex: this.#one(["", "00", "ff10", "ab".repeat(200)]) };
      case "timestamp":
        // pyfory 0.16 converts through floats, which hold eighths of a second exactly
        return { $ts: [this.#below(4e9) - 2e9, this.#below(8) * 125_000_000] };
      case "duration":
        return { $dur: [this.#below(2e6) - 1e6, this.#below(1e6) * 1000] };
      case "date":
        return { $date: this.#below(40_000) - 20_000 };
      case "decimal":
        return { $dec: [this.#below(6), String(this.#integer(80))] };
      case "float16":
        return this.#one([0, 1.5, -2, 0.25, { $f: "inf" }]);
      case "bfloat16":
        return this.#one([0, 1.5, -2, 0.25, { $f: "-inf" }]);
      case "float32":
        return this.#one([0, 1.5, Math.fround(this.#random()), { $f: "-0" }, { $f: "nan" }]);
      case "float64":
        return this.#one([0, 1, this.#random(), 1e300, { $f: "inf" }, { $f: "nan" }]);
      case "any":
        return this.#any(1);
      default:
        return plain(this.#ofKind(kind));
    }
  }

  #ofKind(kind: string): bigint {
    const bits = Number(/\d+$/.exec(kind)?.[0] ?? 64);
    return kind.includes("uint") ? this.#unsigned(bits) : this.#integer(bits);
  }

  /** Generates integers of every magnitude, and often the largest. */
  #unsigned(bits: number): bigint {
    const all = 2n ** BigInt(bits) - 1n;
    if (this.#below(8) === 0) return all;
    let value = 0n;
    for (let i = 0; i < bits; i += 16) value = (value << 16n) | BigInt(this.#below(65_536));
    return value & (2n ** BigInt(this.#below(bits + 1)) - 1n) & all;
  }

  #integer(bits: number): bigint {
    const value = this.#unsigned(bits - 1);
    return this.#below(2) === 0 ? value : -1n - value;
  }

  #any(depth: number): unknown {
    const roll = this.#below(depth === 0 ? 5 : 7);
    if (roll === 0) return null;
    if (roll === 1) return plain(this.#integer(64));
    if (roll === 2) return this.#random() + 0.5;
    if (roll === 3) return this.#one(texts);
    if (roll === 4) return this.#below(2) === 0;
    if (roll === 5) return this.#items(() => this.#any(depth - 1)).slice(0, 8);
    return { $map: distinct(["k", "l", "m", null]).map((key) => [key, this.#any(depth - 1)]) };
  }
}

function plain(value: bigint): unknown {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : { $i: String(value) };
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
