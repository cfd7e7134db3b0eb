import type { Bind, ReadStruct } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import type { Profile } from "../profile.ts";
import type { TypeMeta } from "../type-meta.ts";
import { makeEngine } from "./engine.ts";
import { generateReader } from "./generate-reader.ts";
import { generateWriter } from "./generate-writer.ts";
import { ownReadPlan, versionReadPlan } from "./read-plan.ts";

/**
 * Values of a foreign version that the closures read before code is generated for it: generating
 * costs far more than reading one value, and a peer must not cause that with a single message.
 */
const warm = 64;

/**
 * The engine that generates functions for each type on first use. Generated code only detects that
 * something is wrong. The codec then runs `closures` on the same value, and they make the error.
 */
export function generatedEngine(profile: Profile, closures: Bind): Bind {
  return makeEngine(profile, (plan, bind) => ({
    writer: () => generateWriter(plan, bind),
    reader: () => generateReader(plan, ownReadPlan(plan, bind), bind, plan.lead),
    versionReader: (meta) => versionReader(plan, meta, bind, closures),
  }));
}

function versionReader(plan: TypePlan, meta: TypeMeta, bind: Bind, closures: Bind): ReadStruct {
  const slow = closures(plan.info).version(meta);
  let fast: ReadStruct | undefined;
  let calls = 0;
  return (r, depth) => {
    if (fast) return fast(r, depth);
    if (++calls > warm) {
      fast = generateReader(plan, versionReadPlan(plan, meta, bind), bind, new Uint8Array(0));
    }
    return slow.read(r, depth);
  };
}
