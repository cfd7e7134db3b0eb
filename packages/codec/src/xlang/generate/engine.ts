import type { WireTypeInfo } from "../../schema/wire-type-info.ts";
import type { Bind, Binding, ReadStruct, WriteStruct } from "../binding.ts";
import { planOf, type TypePlan } from "../plan.ts";
import type { Profile } from "../profile.ts";
import { readStructInfo } from "../struct-info.ts";
import { typeInfoWriter } from "../type-info.ts";
import type { TypeMeta } from "../type-meta.ts";
import { valueOps } from "../values/ops.ts";
import { Versions } from "../versions.ts";

/** Makes the functions of one struct. */
export interface StructFunctions {
  writer(): WriteStruct;
  reader(): ReadStruct;
  versionReader(meta: TypeMeta): ReadStruct;
}

/**
 * Makes an engine for one profile. It binds each type once, and makes the functions of a struct
 * when they are first called: types may hold each other.
 */
export function makeEngine(
  profile: Profile,
  functionsOf: (plan: TypePlan, bind: Bind) => StructFunctions,
): Bind {
  const bindings = new WeakMap<WireTypeInfo, Binding>();
  const bind = (given: WireTypeInfo): Binding => {
    const info = given.base ?? given;
    let binding = bindings.get(info);
    if (!binding) {
      const plan = planOf(info, profile);
      binding = lazyBinding(plan, functionsOf(plan, engine));
      bindings.set(info, binding);
    }
    return binding;
  };
  const engine: Bind = Object.assign(bind, { profile, ops: valueOps(() => engine) });
  return engine;
}

function lazyBinding(plan: TypePlan, functions: StructFunctions): Binding {
  const versions = new Versions(plan, (meta) => ({
    ...binding,
    read: functions.versionReader(meta),
  }));
  const binding: Binding = {
    plan,
    cost: plan.cost,
    ...plan.target,
    tracked: true,
    write(w, value, depth) {
      binding.write = functions.writer();
      binding.write(w, value, depth);
    },
    read(r, depth) {
      binding.read = functions.reader();
      return binding.read(r, depth);
    },
    writeInfo: typeInfoWriter(plan.typeInfo, plan.info, plan.definition, plan.profile),
    readInfo: (r) => readStructInfo(r, binding),
    version: (meta) => versions.of(meta, binding),
  };
  return binding;
}
