import { fail } from "../failure.ts";
import type { TypePlan } from "../xlang/plan.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Refuses a value to encode that nests too deep: the only way in which a cyclic value ends. */
export function checkWriteDepth(w: ByteWriter, depth: number, plan?: TypePlan): void {
  if (depth <= w.maxDepth) return;
  throw fail(
    "limit",
    `nested deeper than ${w.maxDepth} levels: is the value cyclic?${plan ? hint(plan) : ""}`,
  );
}

function hint({ info, profile }: TypePlan): string {
  return profile.references
    ? ` If it should be, ${info.tag} keeps its references with wireType(tag, shape, { refs: true })`
    : ` ${info.tag} cannot keep references in profile ${profile.id}`;
}

export function checkReadDepth(r: ByteReader, depth: number): void {
  if (depth > r.maxDepth) throw fail("limit", `nested deeper than ${r.maxDepth} levels`);
}
