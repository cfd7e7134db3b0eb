import type { Reply } from "../service/messages.ts";

/** The result of a call as its caller saw it. */
export interface Outcome {
  readonly code: number;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  /** The pairs that came with the status; `undefined`: none came, or the client cannot tell. */
  readonly trailer?: readonly (readonly [key: string, value: string])[];
  readonly replies: readonly Partial<Reply>[];
  readonly ms: number;
  /** The outcome of the call after it, in the same session. */
  readonly next?: Outcome;
  /** The error of a call that was rejected with something other than a status. */
  readonly unexpectedError?: string;
}
