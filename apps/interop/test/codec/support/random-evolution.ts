import type { Declaration, FieldText, StructText, TypeText } from "@aster-apps/testkit/codec";
import type { Random } from "../../support/random.ts";

/** For each type, types that hold all its values and read them as the same values. */
const wider: Readonly<Record<string, readonly string[]>> = {
  bool: ["varint32", "string"],
  int8: ["int16", "varint32", "varint64", "float64", "string"],
  int16: ["varint32", "int64", "float32"],
  int32: ["varint32", "varint64", "tagged_int64", "float64"],
  varint32: ["int32", "int64", "float64", "string"],
  int64: ["varint64", "string"],
  varint64: ["int64", "tagged_int64", "string"],
  tagged_int64: ["varint64"],
  uint8: ["uint16", "var_uint32", "varint32", "float64"],
  uint16: ["uint32", "varint64"],
  uint32: ["var_uint32", "varint64"],
  var_uint32: ["uint32", "var_uint64", "float64"],
  var_uint64: ["tagged_uint64", "string"],
  tagged_uint64: ["var_uint64"],
  float32: ["float64"],
};

/** Types for fields that a message lacks: they have a zero in every language. */
const added: readonly TypeText[] = [
  ...["bool", "varint32", "int64", "uint16", "float32", "float64", "string", "binary"],
  { list: "string" },
  { set: "varint32" },
  { map: ["string", "varint64"] },
  { opt: "timestamp" },
  { opt: { list: "float64" } },
  { opt: "decimal" },
];
const newNames = ["new_a", "fresh", "added_later", "n2"];

/**
 * Generates another version of types: fields are added, removed, moved, widened, and become
 * optional or required.
 */
export class Evolver {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  types(types: readonly Declaration[]): readonly Declaration[] {
    return types.map((one) => ("struct" in one ? this.#struct(one) : one));
  }

  #struct(one: StructText): StructText {
    if (this.#below(8) === 0) return one;
    const fields = one.fields.flatMap((field) => this.#field(field));
    for (let count = this.#below(3); count > 0; count--) {
      const name = newNames[this.#below(newNames.length)] as string;
      if (fields.some((other) => other.name === name)) continue;
      fields.push({ name, type: added[this.#below(added.length)] as TypeText });
    }
    return { ...one, fields: this.#shuffled(fields) };
  }

  #field(field: FieldText): FieldText[] {
    const roll = this.#below(20);
    // a missing array is read as empty here and as null in pyfory
    if (roll < 3 && !(typeof field.type === "object" && "array" in field.type)) return [];
    if (roll < 7) return [{ ...field, type: this.#changed(field.type) }];
    if (roll < 9) return [{ ...field, type: optional(field.type) }];
    if (roll < 10) return [{ ...field, type: required(field.type) }];
    return [field];
  }

  #changed(type: TypeText): TypeText {
    if (typeof type === "string") {
      const choices = wider[type];
      return choices ? (choices[this.#below(choices.length)] as string) : type;
    }
    // arrays and lists of numbers convert into each other; in pyfory only if they are not optional
    if ("opt" in type)
      return typeof type.opt === "string" ? { opt: this.#changed(type.opt) } : type;
    if ("array" in type) return { list: type.array };
    if ("list" in type && typeof type.list === "string" && /^u?int(?:16|32|64)$/.test(type.list)) {
      return { array: type.list };
    }
    return type;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const out: T[] = [];
    for (const item of items) out.splice(this.#below(out.length + 1), 0, item);
    return out;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/**
 * Makes a type optional. Arrays stay as they are: null is read as an empty array here and as null
 * in pyfory.
 */
function optional(type: TypeText): TypeText {
  if (type === "any" || (typeof type === "object" && ("opt" in type || "array" in type))) {
    return type;
  }
  return holdsAny(type) ? type : { opt: type };
}

/**
 * Returns whether the type contains `any`: pyfory drops null values from formerly optional maps of
 * `any`.
 */
function holdsAny(type: TypeText): boolean {
  return JSON.stringify(type).includes('"any"');
}

/**
 * Makes a type required if it has a zero for null. For other types pyfory keeps null; this codec
 * refuses.
 */
function required(type: TypeText): TypeText {
  if (typeof type === "string" || !("opt" in type)) return type;
  const { opt } = type;
  if (holdsAny(opt)) return type;
  const zero =
    typeof opt === "string"
      ? !/^(?:timestamp|date|duration|decimal|any)$/.test(opt)
      : "list" in opt || "set" in opt || "map" in opt;
  return zero ? opt : type;
}
