import type { WireMode } from "../protocol/mode.ts";

/** The part of a call that decides whether it can be made under another contract. */
export interface JudgedCall {
  readonly method: { readonly name: string };
  readonly mode: WireMode;
}
