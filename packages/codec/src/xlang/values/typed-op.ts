import type { $ZodType } from "zod/v4/core";
import { TypeId } from "../../bytes/type-id.ts";
import type { CaseUnion, EnumType, FieldType } from "../../schema/field-type.ts";
import { date, decimal, duration } from "../../schema/scalar-schemas.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import { TypedValue, typeOf } from "../../schema/typed-value.ts";
import type { Bind } from "../binding.ts";
import { caseOp } from "./case-op.ts";
import { enumOp } from "./enum-op.ts";
import { scalarOp } from "./scalar-op.ts";
import type { ValueOp } from "./value-op.ts";

/** The schemas of values for which JavaScript has no type. */
const schemas: ReadonlyMap<number, $ZodType> = new Map<number, $ZodType>([
  [TypeId.date, date()],
  [TypeId.duration, duration()],
  [TypeId.decimal, decimal()],
]);

/** The ops of typed values in places of any type: the same object for the same type. */
export class TypedOps {
  readonly #scope: TypeScope;
  readonly #bind: Bind;
  readonly #written = new Map<unknown, ValueOp>();
  readonly #read = new Map<unknown, ValueOp>();

  constructor(scope: TypeScope, bind: Bind) {
    this.#scope = scope;
    this.#bind = bind;
  }

  /** Returns the op that writes a typed value. */
  of(value: TypedValue): ValueOp {
    const type = typeOf(value.schema);
    const key = "as" in type ? `${type.kind} ${type.as}` : isPlain(type) ? type.kind : type;
    let op = this.#written.get(key);
    if (!op) {
      const own = this.#bind.ops.self(type, this.#scope);
      op = {
        ...own,
        tracked: false,
        write: (w, given, depth, keeps) => own.write(w, (given as TypedValue).value, depth, keeps),
      };
      this.#written.set(key, op);
    }
    return op;
  }

  /** Returns the op that reads a type id whose values become typed values. */
  ofId(id: number): ValueOp | undefined {
    const schema = schemas.get(id);
    if (!schema) return undefined;
    let op = this.#read.get(id);
    if (!op) {
      const type = typeOf(schema) as Parameters<typeof scalarOp>[0];
      op = typedReader(schema, scalarOp(type, this.#bind.profile));
      this.#read.set(id, op);
    }
    return op;
  }

  /** Returns the op that reads the values of an enum or union with a name. */
  ofNamed(type: EnumType | CaseUnion): ValueOp {
    let op = this.#read.get(type);
    if (!op) {
      const own =
        type.kind === "enum"
          ? enumOp(type, this.#bind.profile)
          : caseOp(type, this.#scope, this.#bind);
      op = type.named ? typedReader(type.named.schema, own) : own;
      this.#read.set(type, op);
    }
    return op;
  }
}

function isPlain(type: FieldType): boolean {
  return !("element" in type || "values" in type || "named" in type || "info" in type);
}

function typedReader(schema: $ZodType, own: ValueOp): ValueOp {
  return { ...own, read: (r, depth, keeps) => new TypedValue(schema, own.read(r, depth, keeps)) };
}
