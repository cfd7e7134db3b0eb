import { type ArrayElementKind, arraySchemas, type ScalarKind, scalarSchemas } from "@aster/codec";
import type { TypeShape, ValueShape } from "@aster/contract/model";
import { z } from "zod";
import { usageFailure } from "../command/failure.ts";

/** A schema, and the TypeScript expression that makes it. */
export interface ZodForm {
  readonly code: string;
  readonly schema: () => z.ZodType;
  /** The functions of `@aster/rpc/contract` in the expression. */
  readonly imports: readonly string[];
  /** The expression of the zero value, `undefined` for types without one. */
  readonly zero?: string | undefined;
}

/** Returns the form of a wire type, by its tag. */
export type FormOfTag = (tag: string) => ZodForm;

const form = (
  code: string,
  schema: () => z.ZodType,
  zero?: string,
  imports: readonly string[] = [],
): ZodForm => ({ code, schema, imports, zero });

/** The expressions of scalars, and of their zero values. */
const SCALARS: Readonly<Record<ScalarKind, readonly [code: string, zero?: string]>> = {
  string: ["z.string()", '""'],
  bool: ["z.boolean()", "false"],
  binary: ["bytes()", "() => new Uint8Array()"],
  varint64: ["z.int()", "0"],
  varint32: ["z.int32()", "0"],
  var_uint32: ["z.uint32()", "0"],
  var_uint64: ["z.uint64()", "0n"],
  int8: ["int8()", "0"],
  int16: ["int16()", "0"],
  uint8: ["uint8()", "0"],
  uint16: ["uint16()", "0"],
  int32: ["fixedInt32()", "0"],
  uint32: ["fixedUint32()", "0"],
  int64: ["fixedInt64()", "0n"],
  uint64: ["fixedUint64()", "0n"],
  tagged_int64: ["taggedInt64()", "0n"],
  tagged_uint64: ["taggedUint64()", "0n"],
  float64: ["z.number()", "0"],
  float32: ["z.float32()", "0"],
  float16: ["float16()", "0"],
  bfloat16: ["bfloat16()", "0"],
  timestamp: ["timestamp()", "0n"],
  date: ["date()"],
  duration: ["duration()", "0n"],
  decimal: ["decimal()", '"0"'],
};

const ARRAYS: Readonly<Record<ArrayElementKind, string>> = {
  bool: "boolArray()",
  uint8: "uint8Array()",
  float16: "float16Array()",
  bfloat16: "bfloat16Array()",
  int8: "z.instanceof(Int8Array)",
  int16: "z.instanceof(Int16Array)",
  int32: "z.instanceof(Int32Array)",
  int64: "z.instanceof(BigInt64Array)",
  uint16: "z.instanceof(Uint16Array)",
  uint32: "z.instanceof(Uint32Array)",
  uint64: "z.instanceof(BigUint64Array)",
  float32: "z.instanceof(Float32Array)",
  float64: "z.instanceof(Float64Array)",
};

/** The form of an expression. A function that is not one of zod is imported. */
function written(code: string, schema: () => z.ZodType, zero?: string): ZodForm {
  return form(code, schema, zero, code.startsWith("z.") ? [] : [code.replace("()", "")]);
}

/** The form of a type. Throws a failure for a type that a manifest does not describe. */
export function zodForm(type: TypeShape, formOf: FormOfTag): ZodForm {
  switch (type.kind) {
    case "any":
      return form("z.unknown()", () => z.unknown());
    case "list":
      return around("z.array", [valueForm(type.element, formOf)], ([e]) => z.array(e), "() => []");
    case "set":
      return around("z.set", [valueForm(type.element, formOf)], ([e]) => z.set(e));
    case "map":
      return mapForm(type, formOf);
    case "array":
      return written(ARRAYS[type.element], arraySchemas[type.element]);
    case "enum":
      return enumForm(type.values);
    case "struct":
      return formOf(type.tag);
    case "union": {
      const options = type.tags.map(formOf);
      const code = `z.union([${options.map((each) => each.code).join(", ")}])`;
      const schema = () => z.union(options.map((each) => each.schema()));
      return form(code, schema, undefined, importsOf(options));
    }
    case "cases":
    case "ext":
    case "other":
      throw usageFailure(
        `the type ${type.kind === "other" ? type.text : type.tag} cannot be made from a manifest`,
        "use the module that defines it",
        "codec.schema",
      );
    default:
      return scalarForm(type.kind, type.as);
  }
}

/** The form of an element, key or value. */
export function valueForm({ type, nullable, optional }: ValueShape, formOf: FormOfTag): ZodForm {
  const inner = zodForm(type, formOf);
  if (nullable !== true) return inner;
  const [word, wrap] = optional
    ? (["optional", (schema: z.ZodType) => schema.optional()] as const)
    : (["nullable", (schema: z.ZodType) => schema.nullable()] as const);
  return form(`${inner.code}.${word}()`, () => wrap(inner.schema()), undefined, inner.imports);
}

function scalarForm(kind: ScalarKind, as: "number" | "bigint" | undefined): ZodForm {
  const schema = () => scalarSchemas[kind](as);
  if (kind === "varint64" && as === "bigint") return form("z.int64()", schema, "0n");
  if (kind === "timestamp" && as === "number") return form("z.date()", schema);
  const [code, zero] = SCALARS[kind];
  return written(code, schema, zero);
}

function around(
  name: string,
  parts: readonly ZodForm[],
  make: (schemas: [z.ZodType, z.ZodType]) => z.ZodType,
  zero?: string,
): ZodForm {
  const code = `${name}(${parts.map((part) => part.code).join(", ")})`;
  const schemas = () => parts.map((part) => part.schema()) as [z.ZodType, z.ZodType];
  return form(code, () => make(schemas()), zero, importsOf(parts));
}

function mapForm(
  { form: kind, key, value }: Extract<TypeShape, { kind: "map" }>,
  formOf: FormOfTag,
): ZodForm {
  const parts = [valueForm(key, formOf), valueForm(value, formOf)];
  return kind === "record"
    ? around("z.record", parts, ([, v]) => z.record(z.string(), v), "() => ({})")
    : around("z.map", parts, ([k, v]) => z.map(k, v), "() => new Map()");
}

function enumForm(values: readonly (string | number)[]): ZodForm {
  if (values.every((value): value is string => typeof value === "string")) {
    return form(`z.enum(${JSON.stringify(values)})`, () => z.enum(values as [string]));
  }
  return form(`z.literal(${JSON.stringify(values)})`, () => z.literal(values as [number]));
}

function importsOf(forms: readonly ZodForm[]): readonly string[] {
  return [...new Set(forms.flatMap(({ imports }) => imports))];
}
