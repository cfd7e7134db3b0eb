import { asFailure, fail, kindOf } from "../failure.ts";
import type { WireField, WireTypeInfo } from "../wire-type.ts";
import {
  type Bind,
  type Binding,
  checkHash,
  lazyBinding,
  type ReadStruct,
  type WriteStruct,
} from "./binding.ts";
import { Flag } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { checkReadDepth, checkWriteDepth } from "./depth.ts";
import { setOwn } from "./map-op.ts";
import { opOf } from "./ops.ts";
import { planOf, type TypePlan } from "./plan.ts";
import type { Profile } from "./profile.ts";
import type { ValueOp } from "./value-op.ts";

/**
 * Functions composed per type, for places that forbid code generation. It also makes every error:
 * the generated engine only finds that something is wrong.
 */
export function closureEngine(profile: Profile): Bind {
  const bindings = new WeakMap<WireTypeInfo, Binding>();
  const bind: Bind = (given) => {
    const info = given.base ?? given;
    let binding = bindings.get(info);
    if (!binding) {
      const plan = planOf(info, profile);
      binding = lazyBinding(plan, {
        writer: () => structWriter(plan, bind),
        reader: () => structReader(plan, bind),
      });
      bindings.set(info, binding);
    }
    return binding;
  };
  return bind;
}

/** The op of a field; structs as fields are preceded by their type info. */
export function fieldOp(field: WireField, plan: TypePlan, bind: Bind): ValueOp {
  const op = opOf(field.type, plan.info.scope, bind);
  if (field.type.kind !== "struct") return op;
  return {
    ...op,
    write(w, value, depth) {
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read(r, depth) {
      op.readInfo(r);
      return op.read(r, depth);
    },
  };
}

function structWriter(plan: TypePlan, bind: Bind): WriteStruct {
  const fields = plan.ordered;
  const writers = fields.map((field) => fieldWriter(field, fieldOp(field, plan, bind)));
  return (w, value, depth) => {
    if (typeof value !== "object" || value === null) {
      throw fail("value", `expected an object (${plan.info.tag}), got ${kindOf(value)}`);
    }
    checkWriteDepth(w, depth);
    w.putBytes(plan.hashBytes);
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

type FieldWriter = (w: ByteWriter, object: Record<string, unknown>, depth: number) => void;

function fieldWriter(field: WireField, op: ValueOp): FieldWriter {
  const { key, default: makeDefault } = field;
  const pick = (object: Record<string, unknown>): unknown => {
    const value = object[key];
    return value === undefined && makeDefault ? makeDefault() : value;
  };
  if (field.nullable) {
    return (w, object, depth) => {
      const value = pick(object);
      const empty = value === undefined || value === null;
      w.putByte(empty ? Flag.null : Flag.value);
      if (!empty) op.write(w, value, depth);
    };
  }
  const required = field.type.kind !== "any";
  return (w, object, depth) => {
    const value = pick(object);
    if (value === undefined && required) throw fail("value", "is missing");
    op.write(w, value, depth);
  };
}

function structReader(plan: TypePlan, bind: Bind): ReadStruct {
  const fields = plan.ordered;
  const readers = fields.map((field) => fieldReader(field, fieldOp(field, plan, bind)));
  const places = fields.map((field) => plan.declared.indexOf(field));
  const keys = plan.declared.map((field) => field.key);
  const prototype: object = plan.info.class?.prototype ?? Object.prototype;
  return (r, depth) => {
    checkReadDepth(r, depth);
    checkHash(r, plan);
    const values = new Array<unknown>(fields.length);
    let i = 0;
    try {
      for (; i < readers.length; i++) {
        values[places[i] as number] = (readers[i] as ReadStruct)(r, depth + 1);
      }
    } catch (reason) {
      throw asFailure(reason).inField((fields[i] as WireField).key);
    }
    const object: Record<string, unknown> = Object.create(prototype);
    for (let k = 0; k < keys.length; k++) setOwn(object, keys[k] as string, values[k]);
    return object;
  };
}

function fieldReader(field: WireField, op: ValueOp): ReadStruct {
  if (!field.nullable) return (r, depth) => op.read(r, depth);
  const empty = field.optional ? undefined : null;
  return (r, depth) => (r.flag() ? op.read(r, depth) : empty);
}
