import { z } from "zod";
import file from "../../../../fixtures/fory/profile-a.json" with { type: "json" };
import {
  bfloat16,
  bytes,
  createTypeScope,
  date,
  decimal,
  duration,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  int8,
  int16,
  taggedInt64,
  taggedUint64,
  timestamp,
  uint8,
  uint16,
  type WireType,
  wireType,
} from "../../src/index.ts";

/** The notation of fixtures/fory/make.py, explained at its top. */
export type TypeText = string | { readonly [kind: string]: unknown };

interface TypeDeclaration {
  readonly tag: string;
  readonly fields: readonly (readonly [string, TypeText])[];
}

export interface Case {
  readonly name: string;
  readonly types: readonly TypeDeclaration[];
  readonly value: unknown;
  readonly hex: string;
  readonly free?: boolean;
}

export const cases: readonly Case[] = file.cases as unknown as readonly Case[];

/** The JavaScript types of 64-bit integers and timestamps. */
export type Wide = "bigint" | "number";

export interface Built {
  readonly type: WireType;
  readonly value: never;
}

/** Returns the wire type and value of a case. */
export function build(given: Case, wide: Wide): Built {
  const world = new World(given.types, wide);
  const root = given.types.at(-1) as TypeDeclaration;
  return {
    type: world.type(root.tag),
    value: world.struct(root.tag, given.value) as never,
  };
}

/** Returns true if numbers and dates hold every value of a case. */
export function fitsNumbers(given: Case): boolean {
  const text = JSON.stringify(given.value);
  const integers = text.match(/"-?\d{16,}"/g) ?? [];
  const safe = integers.every((one) => Number.isSafeInteger(Number(one.slice(1, -1))));
  return safe && !given.name.startsWith("timestamp/") && !given.name.includes("[1, 5");
}

export function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

const typedArrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};
type ArrayKind = keyof typeof typedArrays;

/** Returns the schema of a dense array, or undefined if JavaScript has no class for it. */
export function arraySchema(kind: string): z.core.$ZodType | undefined {
  return kind in typedArrays ? z.instanceof(typedArrays[kind as ArrayKind]) : undefined;
}

/** Returns the schema of a scalar, or of any value. */
export function scalarSchema(kind: string, wide: Wide): z.core.$ZodType {
  const number = wide === "number";
  const schemas: Record<string, () => z.core.$ZodType> = {
    bool: z.boolean,
    string: z.string,
    binary: bytes,
    float64: z.number,
    float32: z.float32,
    float16,
    bfloat16,
    varint64: number ? z.int : z.int64,
    var_uint64: z.uint64,
    int64: fixedInt64,
    uint64: fixedUint64,
    tagged_int64: taggedInt64,
    tagged_uint64: taggedUint64,
    int8,
    int16,
    int32: fixedInt32,
    varint32: z.int32,
    uint8,
    uint16,
    uint32: fixedUint32,
    var_uint32: z.uint32,
    timestamp: number ? z.date : timestamp,
    date,
    duration,
    decimal,
    any: z.any,
  };
  return (schemas[kind] as () => z.core.$ZodType)();
}

class World {
  readonly #types = new Map<string, WireType>();
  readonly #fields = new Map<string, TypeDeclaration["fields"]>();
  readonly #classes = new Map<string, new () => object>();
  readonly #wide: Wide;

  constructor(declarations: readonly TypeDeclaration[], wide: Wide) {
    this.#wide = wide;
    const scope = createTypeScope();
    const dynamic = JSON.stringify(declarations).includes('"any"');
    for (const { tag, fields } of declarations) {
      this.#fields.set(tag, fields);
      const shape: Record<string, z.core.$ZodType> = {};
      for (const [name, text] of fields) {
        const own = JSON.stringify(text).includes(`"${tag}"`);
        if (own)
          Object.defineProperty(shape, name, { get: () => this.#schema(text), enumerable: true });
        else shape[name] = this.#schema(text);
      }
      // values of any type are recognized by their class
      const Class = class {};
      if (dynamic) this.#classes.set(tag, Class);
      const type = wireType(tag, shape, {
        naming: "as-written",
        reserved: true,
        scope,
        ...(dynamic ? { class: Class } : {}),
      });
      this.#types.set(tag, type);
    }
  }

  type(tag: string): WireType {
    return this.#types.get(tag) as WireType;
  }

  struct(tag: string, value: unknown): object {
    const Class = this.#classes.get(tag);
    const out: Record<string, unknown> = Class ? Object.create(Class.prototype) : {};
    for (const [name, text] of this.#fields.get(tag) ?? []) {
      out[name] = this.#value(text, (value as Record<string, unknown>)[name]);
    }
    return out;
  }

  #schema(text: TypeText): z.core.$ZodType {
    if (typeof text === "string") return scalarSchema(text, this.#wide);
    const [kind, inner] = Object.entries(text)[0] as [string, unknown];
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
        return z.instanceof(typedArrays[inner as ArrayKind]);
      case "enum":
        return z.enum(Object.fromEntries((inner as string[]).map((one) => [`v${one}`, one])));
      default:
        return this.type(inner as string) as z.core.$ZodType;
    }
  }

  #value(text: TypeText, value: unknown): unknown {
    if (text === "any") return this.#any(value as Record<string, unknown> | null);
    if (value === null) return null;
    if (typeof text === "string") return this.#single(text, value);
    const [kind, inner] = Object.entries(text)[0] as [string, never];
    switch (kind) {
      case "list":
        return (value as unknown[]).map((item) => this.#value(inner, item));
      case "set":
        return new Set((value as unknown[]).map((item) => this.#value(inner, item)));
      case "opt":
        return this.#value(inner, value);
      case "map": {
        const pairs = (value as [unknown, unknown][]).map(
          ([key, item]) => [this.#value(inner[0], key), this.#value(inner[1], item)] as const,
        );
        // fromEntries makes properties, also for a key called __proto__
        return inner[0] === "string" ? Object.fromEntries(pairs) : new Map(pairs);
      }
      case "array": {
        const Class = typedArrays[inner as ArrayKind] as unknown as {
          from(items: unknown[]): unknown;
        };
        const wide = String(inner).endsWith("int64");
        return Class.from((value as string[]).map((item) => (wide ? BigInt(item) : Number(item))));
      }
      case "enum":
        return value;
      default:
        return this.struct(inner, value);
    }
  }

  #single(kind: string, value: unknown): unknown {
    if (kind === "binary") return bytesOf(value as string);
    if (kind === "timestamp") {
      const [seconds, micros] = value as [number, number];
      if (this.#wide === "number") return new Date(seconds * 1000 + micros / 1000);
      return BigInt(seconds) * 1_000_000_000n + BigInt(micros) * 1000n;
    }
    if (kind.startsWith("float")) return Number(value);
    if (/64$/.test(kind)) {
      return kind === "varint64" && this.#wide === "number"
        ? Number(value)
        : BigInt(value as string);
    }
    return kind.includes("int") ? Number(value) : value;
  }

  #any(value: Record<string, unknown> | null): unknown {
    if (value === null) return null;
    if (typeof value.struct === "string") return this.struct(value.struct, value.value);
    const [kind, inner] = Object.entries(value)[0] as [string, never];
    switch (kind) {
      case "bytes":
        return bytesOf(inner);
      case "list":
        return (inner as never[]).map((item) => this.#any(item));
      case "map": {
        const pairs = (inner as [never, never][]).map(
          ([key, item]) => [this.#any(key), this.#any(item)] as const,
        );
        return pairs.every(([key]) => typeof key === "string")
          ? Object.fromEntries(pairs)
          : new Map(pairs);
      }
      default:
        return inner;
    }
  }
}
