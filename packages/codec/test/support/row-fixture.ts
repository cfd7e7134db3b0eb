import { z } from "zod";
import file from "../../../../fixtures/fory/rows.json" with { type: "json" };
import {
  bytes,
  createTypeScope,
  date,
  int8,
  int16,
  timestamp,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { bytesOf } from "./fixture.ts";

/** The notation of fixtures/fory/make_rows.py, explained at its top. */
export type RowTypeText = string | { readonly [kind: string]: unknown };
type Fields = readonly (readonly [string, RowTypeText])[];

export interface RowCase {
  readonly name: string;
  readonly fields: Fields;
  readonly value: unknown;
  readonly schema: string;
  readonly hex: string;
}

export const rowCases: readonly RowCase[] = file.cases as unknown as readonly RowCase[];
export const rowNames: readonly { readonly name: string; readonly schema: string }[] = file.names;

/** Returns the wire type and value of a case. */
export function buildRow(given: RowCase): { readonly type: WireType; readonly value: never } {
  const types = new RowTypes();
  return {
    type: types.struct(given.fields),
    value: built({ struct: given.fields }, given.value) as never,
  };
}

class RowTypes {
  readonly #scope = createTypeScope();
  #count = 0;

  struct(fields: Fields): WireType {
    return wireType(
      `rows/Row${this.#count++}`,
      Object.fromEntries(fields.map(([name, text]) => [name, this.#schema(text)])),
      { naming: "as-written", scope: this.#scope },
    );
  }

  #schema(text: RowTypeText): z.core.$ZodType {
    if (typeof text === "string") return (scalars[text] as () => z.core.$ZodType)();
    const [kind, inner] = Object.entries(text)[0] as [string, never];
    switch (kind) {
      case "list":
        return z.array(this.#schema(inner));
      case "set":
        return z.set(this.#schema(inner));
      case "opt":
        return z.nullable(this.#schema(inner));
      case "map":
        return inner[0] === "string"
          ? z.record(z.string(), this.#schema(inner[1]))
          : z.map(this.#schema(inner[0]), this.#schema(inner[1]));
      default:
        return this.struct(inner);
    }
  }
}

const scalars: Readonly<Record<string, () => z.core.$ZodType>> = {
  bool: z.boolean,
  int8,
  int16,
  int32: z.int32,
  int64: z.int64,
  float32: z.float32,
  float64: z.number,
  string: z.string,
  binary: bytes,
  timestamp,
  date,
};

function built(text: RowTypeText, value: unknown): unknown {
  if (value === null) return null;
  if (typeof text === "string") return single(text, value);
  const [kind, inner] = Object.entries(text)[0] as [string, never];
  switch (kind) {
    case "list":
      return (value as unknown[]).map((item) => built(inner, item));
    case "set":
      return new Set((value as unknown[]).map((item) => built(inner, item)));
    case "opt":
      return built(inner, value);
    case "map": {
      const pairs = (value as [unknown, unknown][]).map(
        ([key, item]) => [built(inner[0], key), built(inner[1], item)] as const,
      );
      return inner[0] === "string" ? Object.fromEntries(pairs) : new Map(pairs);
    }
    default:
      return Object.fromEntries(
        (inner as Fields).map(([name, field]) => [
          name,
          built(field, (value as Record<string, unknown>)[name]),
        ]),
      );
  }
}

function single(kind: string, value: unknown): unknown {
  if (kind === "binary") return bytesOf(value as string);
  if (kind === "int64") return BigInt(value as string);
  if (kind === "timestamp") return BigInt(value as string) * 1000n;
  return kind.startsWith("float") ? Number(value) : value;
}
