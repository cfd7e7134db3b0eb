import type { Bind, ReadStruct } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import type { Profile } from "../profile.ts";
import type { TypeMeta } from "../type-meta.ts";
import { makeEngine } from "./engine.ts";
import { generateReader } from "./generate-reader.ts";
import { generateWriter } from "./generate-writer.ts";
import { ownReadPlan, versionCost, versionReadPlan } from "./read-plan.ts";

/**
 * Messages with a foreign version that the closures read before code is generated for it: that
 * takes some milliseconds, and a peer must not cause it with a single message.
 */
const warm = 16;
const noBytes = new Uint8Array(0);
/** Generated functions live as long as the process, and peers can send any number of versions. */
let left = 1_024;

/**
 * The engine that generates functions for each type on first use. Generated code only detects that
 * something is wrong. The codec then runs `closures` on the same value, and they make the error.
 */
export function generatedEngine(profile: Profile, closures: Bind): Bind {
  return makeEngine(profile, (plan, bind) => ({
    writer: () => generateWriter(plan, bind),
    reader: () => generateReader(plan, ownReadPlan(plan, bind), bind, { lead: plan.lead, cost: 0 }),
    versionReader: (meta) => versionReader(plan, meta, bind, closures),
  }));
}

function versionReader(plan: TypePlan, meta: TypeMeta, bind: Bind, closures: Bind): ReadStruct {
  const slow = closures(plan.info).version(meta);
  let fast: ReadStruct | undefined;
  let messages = 0;
  let last = 0;
  return (r, depth) => {
    if (fast) return fast(r, depth);
    if (r.message !== last) {
      last = r.message;
      messages++;
    }
    if (messages > warm && !r.generated && left > 0) {
      left--;
      // at most one per message
      r.generated = true;
      const reads = versionReadPlan(plan, meta, bind);
      fast = generateReader(plan, reads, bind, { lead: noBytes, cost: versionCost(reads) });
    }
    return slow.read(r, depth);
  };
}
