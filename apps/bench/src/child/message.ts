import type { Load, Yield } from "../load.ts";

/** What the harness asks one of its processes. */
export type Question =
  | { readonly ask: "cpu" }
  | { readonly ask: "memory" }
  | { readonly ask: "contractId" }
  | { readonly ask: "load"; readonly load: Load };

/** What a process says: that it is ready, an answer to the question before, or why there is none. */
export type Report =
  | { readonly say: "ready"; readonly address: string; readonly sinceStartMs: number }
  | { readonly say: "cpu"; readonly userMicros: number; readonly systemMicros: number }
  | { readonly say: "memory"; readonly residentBytes: number }
  | { readonly say: "contractId"; readonly milliseconds: number }
  | { readonly say: "yield"; readonly yield: Yield }
  | { readonly say: "failed"; readonly reason: string };
