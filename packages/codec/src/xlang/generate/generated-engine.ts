import type { WireTypeInfo } from "../../schema/wire-type.ts";
import { type Bind, type Binding, lazyBinding, type ReadStruct } from "../binding.ts";
import { planOf, type TypePlan } from "../plan.ts";
import type { Profile } from "../profile.ts";
import type { TypeMeta } from "../type-meta.ts";
import { generateReader } from "./generate-reader.ts";
import { generateWriter } from "./generate-writer.ts";
import { ownReadPlan, versionReadPlan } from "./read-plan.ts";

/** After this many values of a foreign version, code is generated for it: a peer must not get that for free. */
const warm = 64;

/** Functions generated per type on first use. What they refuse is read again by the closures. */
export function generatedEngine(profile: Profile, closures: Bind): Bind {
  const bindings = new WeakMap<WireTypeInfo, Binding>();
  const bind = (given: WireTypeInfo): Binding => {
    const info = given.base ?? given;
    let binding = bindings.get(info);
    if (!binding) {
      const plan = planOf(info, profile);
      binding = lazyBinding(plan, {
        writer: () => generateWriter(plan, engine),
        reader: () => generateReader(plan, ownReadPlan(plan, engine), engine, plan.lead),
        versionReader: (def) => versionReader(plan, def, engine, closures),
      });
      bindings.set(info, binding);
    }
    return binding;
  };
  const engine: Bind = Object.assign(bind, { profile });
  return engine;
}

function versionReader(plan: TypePlan, def: TypeMeta, bind: Bind, closures: Bind): ReadStruct {
  const slow = closures(plan.info).version(def);
  let fast: ReadStruct | undefined;
  let calls = 0;
  return (r, depth) => {
    if (fast) return fast(r, depth);
    if (++calls > warm) {
      fast = generateReader(plan, versionReadPlan(plan, def, bind), bind, new Uint8Array(0));
    }
    return slow.read(r, depth);
  };
}

let allowed: boolean | undefined;

/** Whether this platform lets us generate code; asked once, as a strict CSP reports each try. */
export function canGenerate(): boolean {
  if (allowed === undefined) {
    const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
    try {
      allowed = littleEndian && new Function("return true")() === true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}
