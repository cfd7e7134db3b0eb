import { startsWith } from "../../bytes/byte-reader.ts";
import { asFailure, fail } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import { otherKind, otherKindTest } from "../../schema/struct-kind.ts";
import type { WireField } from "../../schema/wire-type-info.ts";
import type { Bind, ReadStruct, WriteStruct } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import type { Profile } from "../profile.ts";
import { absent, begin, Flag, readFlagged, writeFlag } from "../references.ts";
import { fieldOp } from "../values/field-op.ts";
import type { ValueOp } from "../values/value-op.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";
import { makeEngine } from "./engine.ts";
import {
  ownReadPlan,
  type ReadPlan,
  type ReadStep,
  versionCost,
  versionReadPlan,
} from "./read-plan.ts";

/** Cost of a struct and of a field of it, beyond that in generated code. */
const closureCost = 40;

/**
 * The engine that composes functions from closures, for platforms that forbid generated code. It
 * also makes every error: generated code only detects that something is wrong.
 */
export function closureEngine(profile: Profile): Bind {
  return makeEngine(profile, (plan, bind) => ({
    writer: () => structWriter(plan, bind),
    reader: () => structReader(plan, ownReadPlan(plan, bind), true),
    versionReader: (meta) => structReader(plan, versionReadPlan(plan, meta, bind), false),
  }));
}

function structWriter(plan: TypePlan, bind: Bind): WriteStruct {
  const fields = plan.ordered;
  const writers = fields.map((field) =>
    fieldWriter(field, fieldOp(field, plan, bind), plan.shared.has(field)),
  );
  const hint = depthHint(plan);
  const isOther = otherKindTest(plan.info);
  return (w, value, depth) => {
    if (typeof value !== "object" || value === null || isOther?.(value)) {
      throw otherKind(plan.info, value);
    }
    w.checkDepth(depth, hint);
    w.putBytes(plan.lead);
    let i = 0;
    try {
      for (; i < writers.length; i++) {
        (writers[i] as FieldWriter)(w, value as Record<string, unknown>, depth + 1);
      }
    } catch (reason) {
      throw asFailure(reason).inField((fields[i] as WireField).key);
    }
  };
}

function depthHint({ info, profile }: TypePlan): string {
  return profile.references
    ? ` If it should be, ${info.tag} keeps its references with wireType(tag, shape, { refs: true })`
    : ` ${info.tag} cannot keep references in profile ${profile.id}`;
}

type FieldWriter = (w: XlangWriter, object: Record<string, unknown>, depth: number) => void;

function fieldWriter(field: WireField, op: ValueOp, shared: boolean): FieldWriter {
  const { key, default: makeDefault, ref } = field;
  const pick = (object: Record<string, unknown>): unknown => {
    const value = object[key];
    return value === undefined && makeDefault ? makeDefault() : value;
  };
  const required = field.type.kind !== "any";
  if (!field.nullable && !shared) {
    return (w, object, depth) => {
      const value = pick(object);
      if (value === undefined && required) throw fail("value", "is missing");
      op.write(w, value, depth, ref);
    };
  }
  return (w, object, depth) => {
    const value = pick(object);
    if (value === undefined || value === null) {
      if (!field.nullable && required) throw fail("value", "is missing");
      w.putByte(Flag.null);
    } else if (!shared) {
      w.putByte(Flag.value);
      op.write(w, value, depth, ref);
    } else if (writeFlag(w, value, op.dynamic?.classify(value) ?? op, ref)) {
      op.write(w, value, depth, ref);
    }
  };
}

/**
 * Makes the reader of a plan's fields. `ours` is true for our own definition, where the bytes of
 * `lead` come first.
 */
function structReader(plan: TypePlan, { steps, missing }: ReadPlan, ours: boolean): ReadStruct {
  const places = steps.map(({ field }) => (field ? plan.declared.indexOf(field) : -1));
  const added = missing.map(({ field, value }) => [plan.declared.indexOf(field), value] as const);
  const keys = plan.declared.map((field) => field.key);
  const prototype: object | undefined = plan.info.class?.prototype;
  const cost = closureCost * (1 + steps.length) + (ours ? 0 : versionCost({ steps, missing }));
  return (r, depth) => {
    r.checkDepth(depth);
    if (ours) checkLead(r, plan);
    r.charge(cost);
    const object: Record<string, unknown> = prototype ? Object.create(prototype) : {};
    begin(r, object, plan.target);
    const values = new Array<unknown>(keys.length);
    let i = 0;
    try {
      for (; i < steps.length; i++) {
        const value = readStep(steps[i] as ReadStep, r, depth + 1);
        const place = places[i] as number;
        if (place >= 0) values[place] = value;
      }
    } catch (reason) {
      const key = steps[i]?.field?.key;
      throw key === undefined ? reason : asFailure(reason).inField(key);
    }
    for (const [place, value] of added) values[place] = value();
    for (let k = 0; k < keys.length; k++) setOwn(object, keys[k] as string, values[k]);
    return object;
  };
}

function readStep(step: ReadStep, ...[r, depth]: Parameters<ReadStruct>): unknown {
  const { op, keeps } = step;
  if (!step.flagged) return op.read(r, depth, keeps);
  const value = readFlagged(r, op, depth, absent, keeps);
  return value === absent ? step.empty() : value;
}

/** Compares the bytes that tell shapes apart, in profiles that have them. */
function checkLead(r: XlangReader, plan: TypePlan): void {
  const { lead } = plan;
  if (lead.length === 0) return;
  const start = r.take(lead.length);
  if (startsWith(r.bytes, start, lead)) return;
  const theirs = [...r.bytes.subarray(start, start + lead.length)];
  throw fail(
    "mismatch",
    `${plan.info.tag} has another shape here (hash ${hex([...lead].reverse())}) than in the ` +
      `message (hash ${hex(theirs.reverse())}): both sides must be built from the same definition`,
  );
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
