import type { z } from "zod";
import { globalRegistry, registry, toJSONSchema } from "zod";
import type { $ZodType, $ZodTypes } from "zod/v4/core";
import { CodecError } from "../error.ts";
import type { ArrayElementKind, FieldType } from "../schema/field-type.ts";
import type { WireType, WireTypeInfo } from "../schema/wire-type-info.ts";
import { ownType } from "../schema/zod/own-type.ts";
import { classOf, typedArrays } from "../schema/zod/schema-forms.ts";
import { wireTypeInfo } from "../schema/zod/wire-type-mark.ts";

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * Returns the JSON Schema of a type's JSON messages, as `createCodec({ mode: "json" })` reads and
 * writes them. It has the names on the wire, and every wire type under its tag in `$defs`. Checks,
 * descriptions and defaults are those of zod.
 *
 * `z.toJSONSchema(type)` describes zod's own values instead, and throws for dates, bigints, bytes,
 * sets and maps.
 *
 * Throws `CodecError` `type` for anything other than a wire type.
 */
export function jsonSchemaOf(type: WireType): JsonSchema {
  if (!wireTypeInfo(type)) {
    throw new CodecError("type", "not a wire type: define the schema with wireType(tag, shape)");
  }
  const definitions: Record<string, JsonSchema> = {};
  const schema = new SchemaWriter(definitions).schema(type);
  return Object.keys(definitions).length > 0 ? { ...schema, $defs: definitions } : schema;
}

/** Keys of `.meta()` that concern the wire. */
const ours = ["name", "ref", "fieldId", "numbers"];

class SchemaWriter {
  readonly #definitions: Record<string, JsonSchema>;
  readonly #open = new Set<$ZodType>();
  readonly #names = registry<Record<string, unknown>>();

  constructor(definitions: Record<string, JsonSchema>) {
    this.#definitions = definitions;
    this.#names.get = (schema) => nameAndMeta(schema) as never;
  }

  /** Returns a schema whose references point to the shared definitions. */
  schema(zod: $ZodType): JsonSchema {
    // a set inside itself, without a wire type in between
    if (this.#open.has(zod)) return {};
    this.#open.add(zod);
    const { $defs, ...schema } = toJSONSchema(zod, {
      io: "input",
      unrepresentable: "any",
      metadata: this.#names,
      override: ({ zodSchema, jsonSchema }) => this.#adapt(zodSchema, jsonSchema),
    }) as JsonSchema;
    this.#open.delete(zod);
    Object.assign(this.#definitions, $defs);
    if (this.#open.size > 0) delete schema.$schema;
    return schema;
  }

  #adapt(zod: $ZodTypes, json: JsonSchema): void {
    const own = ownType(zod);
    if (own) Object.assign(json, this.#ofOwn(own.type));
    const { def } = zod._zod;
    const info = wireTypeInfo(zod);
    if (info) rename(info, json);
    switch (def.type) {
      case "date":
        json.type = "string";
        json.format = "date-time";
        break;
      case "bigint":
        if (!own)
          Object.assign(json, {
            type: "integer",
            format: (def as z.core.$ZodBigIntFormatDef).format,
          });
        break;
      case "set":
        Object.assign(json, { type: "array", items: this.schema(def.valueType as $ZodType) });
        break;
      case "map":
        json.type = "object";
        json.additionalProperties = this.schema(def.valueType as $ZodType);
        break;
      case "custom":
        if (!own) Object.assign(json, ofClass(classOf(zod)));
        break;
    }
  }

  #ofOwn(type: FieldType): JsonSchema {
    return type.kind === "ext" ? this.schema(type.formSchema) : ofOwn(type);
  }
}

/** Returns the metadata of a schema. The name of a wire type's own schema is its tag. */
function nameAndMeta(schema: $ZodType): Record<string, unknown> | undefined {
  const meta: Record<string, unknown> = { ...globalRegistry.get(schema) };
  for (const key of ours) delete meta[key];
  const info = wireTypeInfo(schema);
  if (info?.schema === schema && info.base === undefined) meta.id = info.tag;
  return Object.keys(meta).length > 0 ? meta : undefined;
}

function rename(info: WireTypeInfo, json: JsonSchema): void {
  const { properties } = json;
  if (properties === undefined) return;
  const renamed: Record<string, unknown> = {};
  const required: string[] = [];
  for (const field of info.fields) {
    const property = properties[field.key] ?? {};
    // missing fields are written as null
    const orNull =
      field.optional && !field.default ? { anyOf: [property, { type: "null" }] } : property;
    Object.defineProperty(renamed, field.name, {
      value: orNull,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    if (!field.nullable && !field.default) required.push(field.name);
  }
  json.properties = renamed as NonNullable<JsonSchema["properties"]>;
  json.additionalProperties = false;
  delete json.required;
  if (required.length > 0) json.required = required;
}

function ofOwn(type: FieldType): JsonSchema {
  switch (type.kind) {
    case "timestamp":
      return { type: "string", format: "date-time" };
    case "date":
      return { type: "string", format: "date" };
    case "duration":
      return { type: "string", pattern: "^-?\\d{1,19}(\\.\\d{1,9})?s$" };
    case "int64":
    case "tagged_int64":
      return { type: "integer", format: "int64" };
    case "uint64":
    case "tagged_uint64":
      return { type: "integer", format: "uint64", minimum: 0 };
    case "array":
      return ofElements(type.element);
    default:
      return {};
  }
}

function ofElements(element: ArrayElementKind): JsonSchema {
  const number = element.includes("float") ? "number" : "integer";
  return { type: "array", items: { type: element === "bool" ? "boolean" : number } };
}

function ofClass(target: unknown): JsonSchema {
  if (target === Uint8Array) return { type: "string", contentEncoding: "base64" };
  const element = typedArrays.get(target);
  return element === undefined ? {} : ofElements(element);
}
