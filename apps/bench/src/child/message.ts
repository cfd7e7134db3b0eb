import type { Load, Yield } from "../load.ts";

/** A question of the harness to one of its processes. */
export type Question =
  | { readonly ask: "cpu" }
  | { readonly ask: "memory" }
  | { readonly ask: "contractId" }
  | { readonly ask: "load"; readonly load: Load };

/** A message of a process: that it is ready, an answer, or the reason for a missing answer. */
export type Report =
  | { readonly say: "ready"; readonly address: string; readonly sinceStartMs: number }
  | { readonly say: "cpu"; readonly userMicros: number; readonly systemMicros: number }
  | { readonly say: "memory"; readonly residentBytes: number }
  | { readonly say: "contractId"; readonly milliseconds: number }
  | { readonly say: "yield"; readonly yield: Yield }
  | { readonly say: "failed"; readonly reason: string };
