import { fail } from "../../failure.ts";
import type { WireField } from "../../schema/wire-type-info.ts";
import type { Bind } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import { identifierOf, type StatedField, type TypeMeta } from "../type-meta.ts";
import { definedFieldOp, fieldOp, typesField } from "../values/field-op.ts";
import { absentValue } from "../values/missing.ts";
import { statedOp, versionOp } from "../values/stated-op.ts";
import type { ValueOp } from "../values/value-op.ts";

/** The reading of one field of a message. */
export interface ReadStep {
  /** Our field that gets the value. Without one the value is dropped. */
  readonly field: WireField | undefined;
  readonly op: ValueOp;
  /** True if `op` is the op of the field's own type, for which an engine may generate code. */
  readonly own: boolean;
  /** True if the field keeps references. */
  readonly keeps: boolean;
  /** True if a flag precedes the value. */
  readonly flagged: boolean;
  /** Makes the value for null. */
  readonly empty: () => unknown;
}

/**
 * The reading of a type's values as one definition describes them. Engines make functions of it.
 */
export interface ReadPlan {
  /** In the order of the wire. */
  readonly steps: readonly ReadStep[];
  /** Fields that the message does not have. */
  readonly missing: readonly { readonly field: WireField; readonly value: () => unknown }[];
}

/** Approximate cost of one field in another version of a type, as in `CodecLimits.graphBytes`. */
const fieldCost = 80;

/**
 * Returns the cost of a value that another version of its type describes. It may have many more
 * fields here than bytes in the message.
 */
export function versionCost({ steps, missing }: ReadPlan): number {
  return fieldCost * (steps.length + missing.length);
}

/** Makes the plan for values of our own definition. */
export function ownReadPlan(plan: TypePlan, bind: Bind): ReadPlan {
  const steps = plan.ordered.map((field) => ({
    field,
    op: fieldOp(field, plan, bind),
    own: true,
    keeps: field.ref,
    flagged: field.nullable || plan.shared.has(field),
    empty: absentValue(plan.info, field),
  }));
  return { steps, missing: [] };
}

/**
 * Makes the plan for values that another version of the type wrote (docs/fory.md, "Evolution").
 * Throws a `mismatch` failure if a field's type cannot be converted to ours.
 */
export function versionReadPlan(plan: TypePlan, meta: TypeMeta, bind: Bind): ReadPlan {
  const found = new Fields(plan.declared);
  const taken = new Set<WireField>();
  const steps = meta.fields.map((stated): ReadStep => {
    const field = found.of(stated);
    const flagged = stated.type.nullable || stated.type.shared;
    if (!field) {
      const op = statedOp(stated.type, plan.info.scope, bind);
      return { field, op, own: false, keeps: true, flagged, empty: () => null };
    }
    if (taken.has(field)) throw fail("data", "a definition with one field twice");
    taken.add(field);
    const own = definedFieldOp(field, plan, bind);
    const op = versionOp(stated.type, field.type, own, plan.info.scope, bind);
    if (!op) {
      throw fail(
        "mismatch",
        `type id ${stated.type.id} in the message cannot become a ${field.type.kind}`,
      ).inField(field.key);
    }
    return {
      field,
      op,
      own: op === own && !withoutInfo(field, plan),
      keeps: field.ref,
      flagged,
      empty: absentValue(plan.info, field),
    };
  });
  const missing = plan.declared
    .filter((field) => !taken.has(field))
    .map((field) => ({ field, value: absentValue(plan.info, field) }));
  return { steps, missing };
}

/**
 * Returns true for fields that have no type info in our own messages. Generated code for them must
 * not expect it.
 */
function withoutInfo({ type }: WireField, { profile }: TypePlan): boolean {
  return (type.kind === "struct" || type.kind === "ext") && !typesField(type, profile);
}

/** Our fields by the names and numbers that a definition may use. */
class Fields {
  readonly #byId = new Map<number, WireField>();
  readonly #byName = new Map<string, WireField>();

  constructor(fields: readonly WireField[]) {
    for (const field of fields) {
      if (field.fieldId !== undefined) this.#byId.set(field.fieldId, field);
      this.#byName.set(identifierOf(field.name), field);
    }
    for (const field of fields) this.#byName.set(field.name, field);
  }

  of(stated: StatedField): WireField | undefined {
    if (stated.fieldId !== undefined) return this.#byId.get(stated.fieldId);
    return this.#byName.get(stated.name) ?? this.#byName.get(identifierOf(stated.name));
  }
}
