import type { FieldType } from "../schema/field-type.ts";
import type { TypeScope } from "../schema/type-scope.ts";
import type { WireTypeInfo } from "../schema/wire-type-info.ts";
import type { TypePlan } from "./plan.ts";
import type { Profile } from "./profile.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { AnyOp, ValueOp } from "./values/value-op.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { XlangWriter } from "./xlang-writer.ts";

// A binding is a type in one engine and one profile. Engines make it on first use of the type
// (generate/engine.ts) and keep it as long as the type exists.

export type WriteStruct = (w: XlangWriter, value: unknown, depth: number) => void;
export type ReadStruct = (r: XlangReader, depth: number) => unknown;

/** The binding of the root of a message: of a wire type, or of the op of another type. */
export interface RootBinding extends ValueOp {
  readonly plan: Pick<TypePlan, "profile" | "tracking" | "definition" | "prefix"> & {
    /** The type whose two names `prefix` gives. */
    readonly named: WireTypeInfo | undefined;
  };
  /** Returns the value for a null message. Absent if the message must not be null. */
  readonly empty?: () => unknown;
  /** Makes the value that is written for undefined. */
  readonly filled?: () => unknown;
}

/** The functions of one engine for one struct. `write` and `read` start behind the type info. */
export interface Binding extends RootBinding {
  readonly plan: TypePlan;
  write: WriteStruct;
  read: ReadStruct;
  /** Returns the op for values of this type that another program's definition describes. */
  version(meta: TypeMeta): ValueOp;
}

/** Finds or makes the binding of a type in one engine. */
export interface Bind {
  (info: WireTypeInfo): Binding;
  readonly profile: Profile;
  readonly ops: ValueOps;
}

/** Makes the ops of types, with structs as one engine binds them. */
export interface ValueOps {
  /** Returns the op of a field's type. */
  of(type: FieldType, scope: TypeScope): ValueOp;
  /** Returns the op for values that carry their full type, so that a reader needs no schema. */
  self(type: FieldType, scope: TypeScope): ValueOp;
  /** Returns the op of values of any type: one for each scope. */
  any(scope: TypeScope): AnyOp;
}
