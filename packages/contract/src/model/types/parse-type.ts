import { z } from "zod";
import type { ManifestType, TypeShape, ValueShape } from "./manifest-type.ts";

// Bounds of one type. The manifest bounds the number of types and the depth of the whole text.
const MOST_FIELDS = 1_000;
const MOST_VALUES = 10_000;

/** The kinds of scalars. */
export const scalarKinds = [
  "bool",
  "int8",
  "int16",
  "int32",
  "varint32",
  "int64",
  "varint64",
  "tagged_int64",
  "uint8",
  "uint16",
  "uint32",
  "var_uint32",
  "uint64",
  "var_uint64",
  "tagged_uint64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
  "string",
  "binary",
  "timestamp",
  "date",
  "duration",
  "decimal",
] as const;

const elements = [
  "bool",
  "uint8",
  "float16",
  "bfloat16",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint16",
  "uint32",
  "uint64",
  "float32",
  "float64",
] as const;

const name = z.string().max(256);
const tag = z.string().max(512);
const whole = z.int().min(0);
const flag = z.boolean().optional();

const value: z.ZodType<ValueShape> = z.lazy(() =>
  z.object({ type: shape, nullable: flag, optional: flag }),
);

const known: z.ZodType<TypeShape> = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(scalarKinds), as: z.enum(["number", "bigint"]).optional() }),
  z.object({ kind: z.literal("any") }),
  z.object({ kind: z.enum(["list", "set"]), element: value }),
  z.object({ kind: z.literal("map"), form: z.enum(["record", "map"]), key: value, value }),
  z.object({ kind: z.literal("array"), element: z.enum(elements) }),
  z.object({
    kind: z.literal("enum"),
    values: z.array(z.union([z.string(), z.number()])).max(MOST_VALUES),
    numbers: z.array(whole).max(MOST_VALUES).optional(),
  }),
  z.object({ kind: z.enum(["struct", "cases"]), tag }),
  z.object({ kind: z.literal("union"), tags: z.array(tag).max(MOST_FIELDS) }),
  z.object({ kind: z.literal("ext"), tag, form: value }),
]);

/** A kind of a later version is a type that differs from all others. */
const later: z.ZodType<TypeShape> = z
  .object({ kind: name })
  .transform(({ kind }) => ({ kind: "other" as const, text: `a type of kind ${kind}` }));

const shape: z.ZodType<TypeShape> = z.union([known, later]);

const typed = { type: shape, nullable: flag, optional: flag };

/** Reads one entry of `types` in a manifest. Unknown keys are dropped. */
export const manifestType: z.ZodType<ManifestType> = z.object({
  tag,
  id: whole.optional(),
  fields: z
    .array(z.object({ name, key: name.optional(), id: whole.optional(), ...typed, default: flag }))
    .max(MOST_FIELDS)
    .optional(),
  cases: z
    .array(z.object({ number: whole, form: value }))
    .max(MOST_FIELDS)
    .optional(),
});
