import {
  type ArrayElementKind,
  arraySchemas,
  date,
  decimal,
  duration,
  timestamp,
  typed,
} from "@aster/codec";
import { z } from "zod";
import type { DeclaredTypes } from "./declared-types.ts";
import { NotationError, parts, present, type TypeText } from "./notation.ts";
import { arrayClasses, isWide } from "./scalar.ts";
import { dayText, decimalText, nanosOf } from "./time.ts";

type Marked = Readonly<Record<string, unknown>>;

/** Makes values of the codec from the notation. */
export class ValueReader {
  readonly #types: DeclaredTypes;
  readonly #objects = new Map<unknown, unknown>();

  constructor(types: DeclaredTypes) {
    this.#types = types;
  }

  read(text: unknown, declared: TypeText): unknown {
    const type = present(declared);
    if (text === null) return null;
    if (typeof text === "number") return numberOf(text, type);
    if (typeof text !== "object") return text;
    return this.#filled(text, type, Array.isArray(text) ? [] : undefined);
  }

  #shared(text: Marked, type: TypeText): unknown {
    const inner = text.v as object;
    // registered before it is filled, because it can contain itself
    let blank: unknown;
    if (typeof inner !== "object" || inner === null) blank = undefined;
    else if (Array.isArray(inner)) blank = [];
    else if ("$struct" in inner) blank = this.#types.blank(String(inner.$struct));
    else if ("$union" in inner && type !== "any") blank = {};
    else if ("$map" in inner) blank = this.#keyedByText(inner.$map, type) ? {} : new Map();
    if (blank !== undefined) this.#objects.set(text.$id, blank);
    const value = blank === undefined ? this.read(inner, type) : this.#filled(inner, type, blank);
    this.#objects.set(text.$id, value);
    return value;
  }

  #filled(text: object, type: TypeText, blank: unknown): unknown {
    if (Array.isArray(text)) return this.#list(text, type, blank as unknown[]);
    const marked = text as Marked;
    if ("$id" in marked) return this.#shared(marked, type);
    if ("$ref" in marked) return this.#objects.get(marked.$ref);
    if ("$struct" in marked) return this.#struct(marked, blank);
    if ("$map" in marked) return this.#map(marked, type, blank);
    if ("$set" in marked) {
      const inner = innerOf(type, "set");
      return new Set((marked.$set as unknown[]).map((item) => this.read(item, inner)));
    }
    if ("$arr" in marked) return this.#array(String(marked.$arr), marked.v as unknown[], type);
    if ("$enum" in marked) return this.#member(marked, type);
    if ("$ext" in marked) return this.#ext(marked);
    if ("$union" in marked) return this.#union(marked, type, blank);
    return single(marked, type);
  }

  #list(items: readonly unknown[], type: TypeText, out: unknown[]): unknown[] {
    const inner = innerOf(type, "list");
    for (const item of items) out.push(this.read(item, inner));
    return out;
  }

  #struct(text: Marked, blank: unknown): object {
    const name = String(text.$struct);
    const out = (blank ?? this.#types.blank(name)) as Record<string, unknown>;
    const values = text.f as Readonly<Record<string, unknown>>;
    for (const field of this.#types.struct(name).fields) {
      if (Object.hasOwn(values, field.name)) {
        out[field.name] = this.read(values[field.name], field.type);
      }
    }
    return out;
  }

  #map(text: Marked, type: TypeText, blank: unknown): object {
    const types = typeof type === "object" && "map" in type ? type.map : (["any", "any"] as const);
    const pairs = text.$map as readonly (readonly [unknown, unknown])[];
    const map = blank ?? (this.#keyedByText(pairs, type) ? {} : new Map());
    for (const [key, value] of pairs) {
      const k = this.read(key, types[0]);
      const v = this.read(value, types[1]);
      if (map instanceof Map) map.set(k, v);
      else {
        // works for the key __proto__, too
        const property = { value: v, enumerable: true, writable: true, configurable: true };
        Object.defineProperty(map, String(k), property);
      }
    }
    return map as object;
  }

  #keyedByText(pairs: unknown, type: TypeText): boolean {
    if (typeof type === "object" && "map" in type) return type.map[0] === "string";
    return (pairs as readonly (readonly unknown[])[]).every(([key]) => typeof key === "string");
  }

  #array(kind: string, items: readonly unknown[], type: TypeText): unknown {
    const Class = Object.hasOwn(arrayClasses, kind) ? arrayClasses[kind] : undefined;
    const schema = arraySchemas[kind as ArrayElementKind];
    if (!Class) throw new NotationError("notation", `there are no arrays of ${kind}`);
    const array = Class.from(items.map((item) => this.read(item, kind)) as never[]);
    return type === "any" ? typed(schema(), array) : array;
  }

  #ext(text: Marked): object {
    const name = String(text.$ext);
    const declared = this.#types.declaration(name);
    if (!("ext" in declared)) throw new NotationError("notation", `${name} is not an ext`);
    return this.#types.ext(name, this.read(text.v, declared.form));
  }

  #union(text: Marked, type: TypeText, blank: unknown): unknown {
    const name = String(text.$union);
    const inner = this.#types.caseOf(name, text.case);
    const out = (blank ?? {}) as { case?: unknown; value?: unknown };
    out.case = text.case;
    out.value = this.read(text.v, inner);
    return type === "any" ? typed(this.#types.schema({ type: name }), out) : out;
  }

  #member(text: Marked, type: TypeText): unknown {
    const { values } = this.#types.enumeration(String(text.$enum));
    const value = Object.hasOwn(values, String(text.v)) ? values[String(text.v)] : undefined;
    if (value === undefined) throw new NotationError("notation", `${text.$enum} has no ${text.v}`);
    return type === "any" ? typed(this.#types.schema({ type: String(text.$enum) }), value) : value;
  }
}

/** Returns a number if the type expects one and it can hold the value. */
function integerOf(value: bigint, type: TypeText): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) && !(typeof type === "string" && isWide(type)) ? near : value;
}

function numberOf(value: number, type: TypeText): unknown {
  return typeof type === "string" && isWide(type) && Number.isInteger(value)
    ? BigInt(value)
    : value;
}

function innerOf(type: TypeText, kind: "list" | "set"): TypeText {
  if (typeof type !== "object") return "any";
  const [key, inner] = parts(type);
  return key === kind ? (inner as TypeText) : "any";
}

const floats: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function single(text: Marked, type: TypeText): unknown {
  if ("$i" in text) return integerOf(BigInt(String(text.$i)), type);
  if ("$f" in text) {
    const value = floats[String(text.$f)] ?? Number(text.$f);
    return type === "any" ? typed(z.number(), value) : value;
  }
  if ("$hex" in text) return new Uint8Array(Buffer.from(String(text.$hex), "hex"));
  if ("$ts" in text) {
    const nanos = nanosOf(text.$ts);
    return type === "any" ? typed(timestamp(), nanos) : nanos;
  }
  if ("$dur" in text) return typedIfAny(nanosOf(text.$dur), type, duration);
  if ("$date" in text) return typedIfAny(dayText(text.$date), type, date);
  if ("$dec" in text) return typedIfAny(decimalText(text.$dec), type, decimal);
  throw new NotationError("notation", `not a value: ${JSON.stringify(text).slice(0, 80)}`);
}

/** Adds its type to a value in a place of type `any`. */
function typedIfAny(value: unknown, type: TypeText, schema: () => z.ZodType): unknown {
  return type === "any" ? typed(schema(), value) : value;
}
