import type { Reply } from "./messages.ts";

/** How a call went, as its caller saw it. */
export interface Outcome {
  readonly code: number;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  /** What came with the status; `undefined` when none came, or it cannot be asked for. */
  readonly trailer?: readonly (readonly [key: string, value: string])[];
  readonly replies: readonly Partial<Reply>[];
  readonly ms: number;
  /** How the call after it went, in the same session. */
  readonly next?: Outcome;
  /** It was rejected with something that is no status. */
  readonly stranger?: string;
}
