import { unpackName } from "../../bytes/meta-string.ts";
import { CodecError } from "../../error.ts";
import { asFailure, fail, kindOf, quote } from "../../failure.ts";
import { defaultLimits, maxFields } from "../../limits.ts";
import { isBytes } from "../../value-kind.ts";
import { maxSchemaFields, type RowField, type RowSchema, type RowType } from "./row-schema.ts";
import { containerId, scalarOfId } from "./schema-type-id.ts";

/** Limits of a schema from a peer, far above those of real ones. */
const maxSchemaBytes = 1024 * 1024;
const maxNameBytes = 1_024;
/** Fory's id of decimals, for an error with an alternative. */
const decimalId = 40;

/**
 * Parses the schema at the beginning of a stream of rows (docs/fory.md, "Rows").
 *
 * Throws `CodecError`: `data` for broken bytes, `schema` for a type that cannot be read, and
 * `limit` beyond 1 MiB, 512 fields of one struct, 8192 fields in all, or 50 levels.
 */
export function parseRowSchema(bytes: Uint8Array): RowSchema {
  if (!isBytes(bytes)) {
    throw new CodecError("type", `expected bytes (Uint8Array) of a schema, got ${kindOf(bytes)}`);
  }
  const parser = new Parser(bytes);
  try {
    return parser.schema();
  } catch (reason) {
    throw asFailure(reason).toError("row schema", parser.pos);
  }
}

class Parser {
  readonly #bytes: Uint8Array;
  #fields = 0;
  pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  schema(): RowSchema {
    if (this.#bytes.length > maxSchemaBytes) {
      throw fail("limit", `a schema of ${this.#bytes.length} bytes`);
    }
    const version = this.#byte();
    if (version !== 1)
      throw fail("data", `version ${version} of schemas: this side reads version 1`);
    const fields = this.#structFields(1);
    if (this.pos !== this.#bytes.length) {
      throw fail("data", `${this.#bytes.length - this.pos} bytes are left after the schema`);
    }
    return Object.freeze({ fields });
  }

  #structFields(depth: number): readonly RowField[] {
    const count = this.#varuint();
    if (count > maxFields) throw fail("limit", `${count} fields, more than ${maxFields}`);
    const fields: RowField[] = [];
    const names = new Set<string>();
    for (let i = 0; i < count; i++) {
      const field = this.#field(depth);
      if (names.has(field.name)) throw fail("data", `two fields called ${quote(field.name)}`);
      names.add(field.name);
      fields.push(field);
    }
    return Object.freeze(fields);
  }

  #field(depth: number): RowField {
    if (++this.#fields > maxSchemaFields) {
      throw fail("limit", `more than ${maxSchemaFields} fields in all`);
    }
    const head = this.#byte();
    if (head & 0x80) throw fail("data", `field header ${head}`);
    let size = ((head >> 2) & 15) + 1;
    if (size === 16) size = 15 + this.#varuint();
    if (size > maxNameBytes) throw fail("limit", `a name of ${size} bytes`);
    const name = unpackName(this.#take(size), head & 3, "field");
    try {
      return Object.freeze({ name, type: this.#type(depth), nullable: (head & 0x40) !== 0 });
    } catch (reason) {
      throw asFailure(reason).inField(name.slice(0, 80));
    }
  }

  #type(depth: number): RowType {
    if (depth > defaultLimits.depth) {
      throw fail("limit", `nested deeper than ${defaultLimits.depth} levels`);
    }
    const id = this.#byte();
    const kind = scalarOfId.get(id);
    if (kind) return Object.freeze({ kind });
    switch (id) {
      case containerId.list:
        return Object.freeze({ kind: "list", element: this.#element(depth) });
      case containerId.map:
        return Object.freeze({
          kind: "map",
          key: this.#element(depth),
          value: this.#element(depth),
        });
      case containerId.struct:
        return Object.freeze({ kind: "struct", fields: this.#structFields(depth + 1) });
      case decimalId:
        throw fail("schema", "decimals in rows cannot be read: send them as text");
      default:
        throw fail("data", `unknown type id ${id}`);
    }
  }

  /** Reads an element. It is a field whose name has no meaning. */
  #element(depth: number): { readonly type: RowType; readonly nullable: boolean } {
    const { type, nullable } = this.#field(depth + 1);
    return Object.freeze({ type, nullable });
  }

  #byte(): number {
    const byte = this.#bytes[this.pos];
    if (byte === undefined) throw fail("data", "the schema ends too early");
    this.pos++;
    return byte;
  }

  #take(size: number): Uint8Array {
    if (size > this.#bytes.length - this.pos) throw fail("data", "the schema ends too early");
    this.pos += size;
    return this.#bytes.subarray(this.pos - size, this.pos);
  }

  /** Reads a varuint of up to 28 bits. No number in a schema is larger. */
  #varuint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw fail("data", "a number of more than 28 bits");
  }
}
