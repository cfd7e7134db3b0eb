import type { Bind } from "./binding.ts";
import { closureEngine } from "./closure-engine.ts";
import type { Profile } from "./profile.ts";
export function canGenerate(): boolean {
  return false;
}
export function generatedEngine(profile: Profile): Bind {
  return closureEngine(profile);
}
