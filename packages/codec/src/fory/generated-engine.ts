import type { WireTypeInfo } from "../wire-type.ts";
import { type Bind, type Binding, lazyBinding } from "./binding.ts";
import { generateReader } from "./generate-reader.ts";
import { generateWriter } from "./generate-writer.ts";
import { planOf } from "./plan.ts";
import type { Profile } from "./profile.ts";

/** Functions generated per type on first use. What they refuse is read again by the closures. */
export function generatedEngine(profile: Profile): Bind {
  const bindings = new WeakMap<WireTypeInfo, Binding>();
  const bind: Bind = (given) => {
    const info = given.base ?? given;
    let binding = bindings.get(info);
    if (!binding) {
      const plan = planOf(info, profile);
      binding = lazyBinding(plan, {
        writer: () => generateWriter(plan, bind),
        reader: () => generateReader(plan, bind),
      });
      bindings.set(info, binding);
    }
    return binding;
  };
  return bind;
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
