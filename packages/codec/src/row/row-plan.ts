import { CodecError } from "../error.ts";
import type { ElementType, FieldType, ScalarType } from "../schema/field-type.ts";
import { otherKindTest } from "../schema/struct-kind.ts";
import { registryOf } from "../schema/type-scope.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";
import { maxSchemaFields } from "./schema/row-schema.ts";
import type { Shape, ShapeField } from "./shape.ts";
import { binaryOp, enumOp, textOp } from "./values/bytes-op.ts";
import { bigIntegerOp, boolOp, floatOp, integerOp, safeIntegerOp } from "./values/fixed-op.ts";
import { listOp, setOp, typedArrayOp } from "./values/list-op.ts";
import { mapOp } from "./values/map-op.ts";
import type { ElementOp, RowOp } from "./values/row-op.ts";
import { structOp } from "./values/struct-op.ts";
import { dateOp, microsOp, momentOp } from "./values/time-op.ts";

/**
 * Returns the shape of rows of a type (docs/fory.md, "Rows").
 *
 * Throws `CodecError`: `schema`, with the path, for a type without a row form, and `limit`
 * for one that nests deeper than `depth`.
 */
export function planRow(info: WireTypeInfo, depth: number): Shape {
  return new Planner(depth).shape(info.base ?? info, info.tag, 1);
}

class Planner {
  readonly #depth: number;
  /** The types around the current field. A type inside itself would make an endless row. */
  readonly #open = new Set<WireTypeInfo>();
  #fields = 0;

  constructor(depth: number) {
    this.#depth = depth;
  }

  shape(info: WireTypeInfo, path: string, depth: number): Shape {
    registryOf(info.scope).confirm(info);
    if (this.#open.has(info)) {
      throw refuse(path, `${info.tag} inside itself`, "rows have a fixed shape");
    }
    this.#open.add(info);
    const declared = info.fields;
    this.#fields += declared.length;
    if (this.#fields > maxSchemaFields) {
      throw new CodecError("limit", `${path}: a row of more than ${maxSchemaFields} fields`, {
        path,
      });
    }
    const sorted = [...declared].sort((a, b) => (a.name < b.name ? -1 : 1));
    const fields = sorted.map((field) => this.#field(field, `${path}.${field.key}`, depth));
    this.#open.delete(info);
    return {
      label: info.tag,
      fields,
      order: declared.map((field) => sorted.indexOf(field)),
      slots: new Map(fields.map(({ key }, i) => [key, i])),
      prototype: info.class?.prototype ?? Object.prototype,
      isOther: otherKindTest(info),
    };
  }

  #field(field: WireField, path: string, depth: number): ShapeField {
    const { name, key, default: makeDefault } = field;
    return { ...this.#element(field, path, depth), name, key, default: makeDefault };
  }

  #element({ type, nullable, optional }: ElementType, path: string, depth: number): ElementOp {
    return { op: this.#op(type, path, depth), nullable, empty: optional ? undefined : null };
  }

  #op(type: FieldType, path: string, depth: number): RowOp {
    switch (type.kind) {
      case "list":
        return listOp(this.#inner(type.element, path, depth));
      case "set":
        return setOp(this.#inner(type.element, path, depth));
      case "map":
        if (type.key.nullable) {
          throw refuse(
            path,
            "a map with keys that may be null",
            "use a key type that is not nullable",
          );
        }
        return mapOp(
          this.#inner(type.key, path, depth),
          this.#inner(type.value, path, depth),
          type.form,
        );
      case "array":
        return type.element === "bool"
          ? listOp({ op: boolOp, nullable: false, empty: null })
          : typedArrayOp(type.element, numberOp(type.element, path));
      case "enum":
        return enumOp(type.values, enumValueOp(type.values, path));
      case "struct": {
        this.#checkDepth(path, depth + 1);
        const info = type.info();
        return structOp(this.shape(info.base ?? info, path, depth + 1));
      }
      case "union":
        throw refuse(path, "a union", "give each option a nullable field of its own");
      case "named_union":
        throw refuse(path, "a union of cases", "give each case a nullable field of its own");
      case "ext":
        throw refuse(path, "an ext", "use the type of its form");
      case "any":
        throw refuse(path, "a value of any type", "rows have a fixed shape");
      default:
        return scalarOp(type, path);
    }
  }

  #inner(element: ElementType, path: string, depth: number): ElementOp {
    this.#checkDepth(path, depth + 1);
    return this.#element(element, `${path}[]`, depth + 1);
  }

  #checkDepth(path: string, depth: number): void {
    if (depth > this.#depth) {
      throw new CodecError("limit", `${path}: nested deeper than ${this.#depth} levels`, { path });
    }
  }
}

function scalarOp(type: ScalarType, path: string): RowOp {
  switch (type.kind) {
    case "bool":
      return boolOp;
    case "string":
      return textOp;
    case "binary":
      return binaryOp;
    case "date":
      return dateOp;
    case "timestamp":
      return type.as === "bigint" ? microsOp("timestamp") : momentOp;
    case "duration":
      return microsOp("duration");
    case "decimal":
      throw refuse(path, "a decimal", "send it as text: z.string()");
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return floatOp(type.kind);
    default:
      return type.as === "number" && isSigned64(type.kind)
        ? safeIntegerOp
        : numberOp(type.kind, path);
  }
}

function isSigned64(kind: string): boolean {
  return kind === "int64" || kind === "varint64" || kind === "tagged_int64";
}

/**
 * Returns the op of a number. Rows have signed integers only: an unsigned one takes the next larger
 * type.
 */
function numberOp(kind: Exclude<ScalarType["kind"], "bool" | "string">, path: string): RowOp {
  switch (kind) {
    case "int8":
    case "int16":
    case "int32":
    case "uint8":
    case "uint16":
    case "uint32":
      return integerOp(kind);
    case "varint32":
      return integerOp("int32");
    case "var_uint32":
      return integerOp("uint32");
    case "int64":
    case "varint64":
    case "tagged_int64":
      return bigIntegerOp;
    case "float32":
    case "float64":
      return floatOp(kind);
    default:
      throw refuse(path, "an unsigned integer of 64 bits", "use z.int64()");
  }
}

/**
 * Returns the op of an enum's values. Rows have no enums, and every reader understands the values
 * themselves.
 */
function enumValueOp(values: readonly (string | number)[], path: string): RowOp {
  if (values.every((value) => typeof value === "string")) return textOp;
  if (values.every((value) => Number.isSafeInteger(value))) return safeIntegerOp;
  throw refuse(path, "an enum of both texts and numbers", "use values of one kind");
}

function refuse(path: string, what: string, hint: string): CodecError {
  return new CodecError("schema", `${path}: ${what} has no form in rows; ${hint}`, { path });
}
