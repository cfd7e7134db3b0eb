import type { $ZodType } from "zod/v4/core";
import { fail, kindOf, quote } from "../failure.ts";
import type { FieldType } from "../field-type.ts";
import type { WireTypeInfo } from "../wire-type.ts";
import { type Bind, readTag } from "./binding.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { DynamicOp, ValueOp } from "./value-op.ts";

type UnionType = Extract<FieldType, { kind: "union" }>;

/** One of several wire types: each value brings its type info (docs/fory.md, "Unions"). */
export function unionOp(type: UnionType, bind: Bind): ValueOp {
  let choices: Choices | undefined;
  const known = (): Choices => {
    choices ??= new Choices(type);
    return choices;
  };
  const classify = (value: unknown): ValueOp => bind(known().of(value));
  const readType = (r: ByteReader): ValueOp => {
    const tag = readTag(r);
    const info = known().byTag.get(tag);
    if (!info) throw fail("mismatch", `${tag.slice(0, 80)} is not an option of this union`);
    return bind(info);
  };
  const dynamic: DynamicOp = { classify, readType };
  return {
    dynamic,
    cost: 128,
    write(w, value, depth) {
      const op = classify(value);
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => readType(r).read(r, depth),
    writeInfo: () => undefined,
    readInfo: () => undefined,
  };
}

/** Tells the options of a union apart: by class, by a key with distinct literals, or by their required keys. */
export class Choices {
  readonly byTag: ReadonlyMap<string, WireTypeInfo>;
  readonly #options: readonly WireTypeInfo[];
  readonly #key: string | undefined;
  readonly #byLiteral = new Map<unknown, WireTypeInfo>();

  constructor(type: UnionType) {
    this.#options = type.options.map((option) => option.info());
    this.byTag = new Map(this.#options.map((info) => [info.tag, info]));
    this.#key = type.discriminator ?? this.#distinctKey();
    if (this.#key === undefined) return;
    for (const info of this.#options) {
      for (const literal of literals(info, this.#key)) this.#byLiteral.set(literal, info);
    }
  }

  /** The option that a value is of. */
  of(value: unknown): WireTypeInfo {
    if (typeof value !== "object" || value === null) {
      throw fail("value", `expected an object, got ${kindOf(value)}`);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    for (const info of this.#options) {
      if (info.class && prototype === info.class.prototype) return info;
    }
    if (this.#key !== undefined) {
      const literal = (value as Record<string, unknown>)[this.#key];
      const info = this.#byLiteral.get(literal);
      if (info) return info;
      throw fail("value", `${this.#key} is ${quote(literal)}, which no option of this union has`);
    }
    const info = this.#options.find((option) => matches(value, option));
    if (info) return info;
    throw fail("value", `an object that fits none of ${[...this.byTag.keys()].join(", ")}`);
  }

  #distinctKey(): string | undefined {
    return this.#options[0]?.fields
      .map((field) => field.key)
      .find((key) => {
        const seen = new Set<unknown>();
        return this.#options.every((info) => {
          const own = [...literals(info, key)];
          const fresh = own.length > 0 && own.every((literal) => !seen.has(literal));
          for (const literal of own) seen.add(literal);
          return fresh;
        });
      });
  }
}

function literals(info: WireTypeInfo, key: string): ReadonlySet<unknown> {
  const values = (info.schema as $ZodType)._zod.propValues?.[key];
  return values ?? new Set();
}

function matches(value: object, info: WireTypeInfo): boolean {
  const required = info.fields.every(
    (field) => field.key in value || field.nullable || field.default !== undefined,
  );
  return (
    required && Object.keys(value).every((key) => info.fields.some((field) => field.key === key))
  );
}
