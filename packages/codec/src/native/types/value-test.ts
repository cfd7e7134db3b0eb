import type { Source } from "../../codegen/source.ts";
import type { ElementType, FieldType } from "../../schema/field-type.ts";

/** The kind of a value that passed the test. */
export type TestedForm = "number" | "text" | "bool" | "any";

export interface ValueTest {
  /** The code of a condition. */
  readonly holds: string;
  readonly form: TestedForm;
}

/**
 * Returns true if every number is a valid element, and nothing else is. Lists of such elements need
 * no ids.
 */
export function holdsDoubles({ type, nullable }: ElementType): boolean {
  return type.kind === "float64" && !nullable;
}

/**
 * Returns code that accepts the same values as `scalarNative` and `enumNative`;
 * undefined for types that are too rare for code of their own.
 */
export function valueTest(type: FieldType, x: string, source: Source): ValueTest | undefined {
  if (type.kind === "enum") {
    const known = source.constant(new Set(type.values));
    const text = type.values.every((value) => typeof value === "string");
    return { holds: `${known}.has(${x})`, form: text ? "text" : "any" };
  }
  if ("as" in type && type.as === "bigint") return undefined;
  switch (type.kind) {
    case "string":
      return { holds: `typeof ${x}==="string"`, form: "text" };
    case "bool":
      return { holds: `(${x}===true||${x}===false)`, form: "bool" };
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return { holds: `typeof ${x}==="number"`, form: "number" };
    case "int8":
      return { holds: `(${x}<<24>>24)===${x}`, form: "number" };
    case "int16":
      return { holds: `(${x}<<16>>16)===${x}`, form: "number" };
    case "int32":
    case "varint32":
      return { holds: `(${x}|0)===${x}`, form: "number" };
    case "uint8":
      return { holds: `(${x}&255)===${x}`, form: "number" };
    case "uint16":
      return { holds: `(${x}&65535)===${x}`, form: "number" };
    case "uint32":
    case "var_uint32":
      return { holds: `(${x}>>>0)===${x}`, form: "number" };
    case "int64":
    case "varint64":
    case "tagged_int64":
      return { holds: `Number.isSafeInteger(${x})`, form: "number" };
    case "uint64":
    case "var_uint64":
    case "tagged_uint64":
      return { holds: `(Number.isSafeInteger(${x})&&${x}>=0)`, form: "number" };
    default:
      return undefined;
  }
}
