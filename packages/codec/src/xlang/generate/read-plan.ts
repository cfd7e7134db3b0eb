import { fail } from "../../failure.ts";
import type { WireField } from "../../schema/wire-type-info.ts";

import type { Bind } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import { identifierOf, type StatedField, type TypeMeta } from "../type-meta.ts";
import { definedFieldOp, fieldOp, typesField } from "../values/field-op.ts";
import { absentValue } from "../values/missing.ts";
import { statedOp, versionOp } from "../values/stated-op.ts";
import type { ValueOp } from "../values/value-op.ts";

/** What to do with one field in the message. */
export interface ReadStep {
  /** The field of ours that gets the value; without one it is dropped. */
  readonly field: WireField | undefined;
  readonly op: ValueOp;
  /** `op` is that of the field's own type, which an engine may have code for. */
  readonly own: boolean;
  /** A flag comes before the value. */
  readonly flagged: boolean;
  /** Makes what null stands for. */
  readonly empty: () => unknown;
}

/** How to read the values of a type as some definition describes them. */
export interface ReadPlan {
  /** In the order of the wire. */
  readonly steps: readonly ReadStep[];
  /** Fields that the message does not have. */
  readonly missing: readonly { readonly field: WireField; readonly value: () => unknown }[];
}

/** Reads what we write. */
export function ownReadPlan(plan: TypePlan, bind: Bind): ReadPlan {
  const steps = plan.ordered.map((field) => ({
    field,
    op: fieldOp(field, plan, bind),
    own: true,
    flagged: field.nullable || plan.shared.has(field),
    empty: absentValue(plan.info, field),
  }));
  return { steps, missing: [] };
}

/**
 * Reads what another version of the type wrote (docs/fory.md, "Evolution"). Throws a `mismatch` where
 * a field has a type that ours cannot be made of.
 */
export function versionReadPlan(plan: TypePlan, meta: TypeMeta, bind: Bind): ReadPlan {
  const found = new Fields(plan.declared);
  const taken = new Set<WireField>();
  const steps = meta.fields.map((stated): ReadStep => {
    const field = found.of(stated);
    const flagged = stated.type.nullable || stated.type.shared;
    if (!field) {
      const op = statedOp(stated.type, plan.info.scope, bind);
      return { field, op, own: false, flagged, empty: () => null };
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
      flagged,
      empty: absentValue(plan.info, field),
    };
  });
  const missing = plan.declared
    .filter((field) => !taken.has(field))
    .map((field) => ({ field, value: absentValue(plan.info, field) }));
  return { steps, missing };
}

/** In our own messages such a field has no type info, which the code for it must then not expect. */
function withoutInfo({ type }: WireField, { profile }: TypePlan): boolean {
  return (type.kind === "struct" || type.kind === "ext") && !typesField(type, profile);
}

/** Our fields by what a definition may call them. */
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
