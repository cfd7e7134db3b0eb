import type { z } from "zod";
import { CodecError } from "../error.ts";
import { fail } from "../failure.ts";
import { carrier } from "../value-kind.ts";
import type { FieldType } from "./field-type.ts";
import { describe, isDeferred } from "./zod/describe.ts";

/**
 * A value with its wire type, for places of any type: `typed(date(), "2026-11-21")` is a day there,
 * not text. Decoding such places returns it for days, durations, decimals and named enums.
 */
export class TypedValue<T = unknown> {
  readonly schema: z.core.$ZodType;
  readonly value: T;

  static {
    Object.defineProperty(TypedValue.prototype, carrier, { value: "typed" });
    Object.defineProperty(TypedValue, Symbol.hasInstance, { value: isTyped });
  }

  constructor(schema: z.core.$ZodType, value: T) {
    this.schema = schema;
    this.value = value;
  }

  /** The type on the wire. Throws if the schema has none. */
  get type(): FieldType {
    return typeOf(this.schema);
  }

  toString(): string {
    return String(this.value);
  }

  toJSON(): unknown {
    return typeof this.value === "bigint" ? String(this.value) : this.value;
  }
}

/** Accepts the values of every copy of this package in a program. */
function isTyped(this: unknown, value: unknown): boolean {
  if (this !== TypedValue) return Function.prototype[Symbol.hasInstance].call(this, value);
  return (
    typeof value === "object" && value !== null && carrier in value && value[carrier] === "typed"
  );
}

/** Makes a value with its wire type, for a place of any type. */
export function typed<S extends z.core.$ZodType>(
  schema: S,
  value: z.input<S>,
): TypedValue<z.input<S>> {
  return new TypedValue(schema, value);
}

const types = new WeakMap<z.core.$ZodType, FieldType>();

/** Returns the wire type of a typed value's schema. A schema without one is a `value` failure. */
export function typeOf(schema: z.core.$ZodType): FieldType {
  let type = types.get(schema);
  if (!type) {
    type = described(schema);
    types.set(schema, type);
  }
  return type;
}

function described(schema: z.core.$ZodType): FieldType {
  try {
    const form = describe(schema, "typed value", { resolve: true });
    if (!isDeferred(form)) return form.type;
  } catch (reason) {
    if (!(reason instanceof CodecError)) throw reason;
    throw fail("value", reason.message);
  }
  throw fail("value", "a typed value whose schema is not defined yet");
}
