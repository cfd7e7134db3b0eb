// The shapes of requests, read from their JSON Schemas. A form has one input for each.
import type { Schema } from "../protocol.ts";

/** A value that one text input takes. */
export type ScalarKind = "string" | "number" | "integer";

export type Shape = {
  /** The value may be null. */
  readonly nullable: boolean;
  readonly schema: Schema;
} & (
  | { readonly kind: "string" }
  | { readonly kind: "number" }
  | { readonly kind: "integer" }
  | { readonly kind: "boolean" }
  | { readonly kind: "json" }
  | { readonly kind: "enum"; readonly options: readonly string[] }
  /** A list or a map of scalars; a text with one of them a line. */
  | { readonly kind: "lines"; readonly item: ScalarKind }
  | { readonly kind: "pairs"; readonly item: ScalarKind }
  /** Fields and items are read late, because types can contain themselves. */
  | { readonly kind: "object"; readonly fields: () => readonly Field[] }
  | { readonly kind: "list"; readonly item: () => Shape }
);

export type KindOf<K extends Shape["kind"]> = Extract<Shape, { kind: K }>;

export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
}

type Definitions = NonNullable<Schema["$defs"]>;

/** Reads the shape of a schema. What has no input of its own is `json`. */
export function shapeOf(schema: Schema): Shape {
  return shapeIn(schema, schema.$defs ?? {});
}

function shapeIn(given: Schema, definitions: Definitions): Shape {
  const [schema, nullable] = withoutNull(given, definitions);
  const common = { nullable, schema };
  const { type, enum: values, items, properties, additionalProperties } = schema;
  if (values?.every((value) => typeof value === "string")) {
    return { ...common, kind: "enum", options: values };
  }
  if (type === "string" || type === "number" || type === "integer" || type === "boolean") {
    return { ...common, kind: type };
  }
  if (type === "object" && properties !== undefined) {
    return { ...common, kind: "object", fields: () => fieldsIn(schema, definitions) };
  }
  if (type === "object" && typeof additionalProperties === "object") {
    const item = scalarOf(shapeIn(additionalProperties, definitions));
    if (item !== undefined) return { ...common, kind: "pairs", item };
  }
  if (type === "array" && items !== undefined) {
    const item = shapeIn(items, definitions);
    const scalar = scalarOf(item);
    return scalar === undefined
      ? { ...common, kind: "list", item: () => item }
      : { ...common, kind: "lines", item: scalar };
  }
  return { ...common, kind: "json" };
}

function fieldsIn(
  { properties = {}, required = [] }: Schema,
  definitions: Definitions,
): readonly Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    shape: shapeIn(schema, definitions),
  }));
}

/** Follows references, and tells if null is among the alternatives. */
function withoutNull(schema: Schema, definitions: Definitions): [Schema, boolean] {
  const { $ref, anyOf, type } = schema;
  if ($ref !== undefined) {
    const tag = $ref.replace("#/$defs/", "").replaceAll("~1", "/").replaceAll("~0", "~");
    const { [tag]: found } = definitions;
    return found === undefined ? [{}, false] : withoutNull(found, definitions);
  }
  if (anyOf !== undefined) {
    const others = anyOf.filter((each) => each.type !== "null");
    const [only] = others;
    const nullable = others.length < anyOf.length;
    if (only === undefined || others.length > 1) return [{}, nullable];
    const [inner, innerNullable] = withoutNull(only, definitions);
    return [{ ...inner, ...defaultOf(schema) }, nullable || innerNullable];
  }
  if (Array.isArray(type)) {
    const others = type.filter((each) => each !== "null");
    const rest: Schema = others.length === 1 ? { ...schema, type: others[0] as string } : {};
    return [rest, others.length < type.length];
  }
  return [schema, false];
}

const defaultOf = (schema: Schema): Schema =>
  "default" in schema ? { default: schema.default } : {};

function scalarOf({ kind, nullable }: Shape): ScalarKind | undefined {
  if (nullable) return undefined;
  return kind === "string" || kind === "number" || kind === "integer" ? kind : undefined;
}
