import type { RequestFields } from "../service/messages.ts";

/**
 * One action of a caller; the steps of a call run in order. A call whose method takes a single
 * request begins with its `send`, other calls begin with their first step.
 */
export type Step =
  | { readonly do: "send"; readonly request: RequestFields }
  /** Ends the requests. */
  | { readonly do: "finish" }
  /** Waits until this many more replies have arrived. */
  | { readonly do: "receive"; readonly replies: number }
  | { readonly do: "wait"; readonly ms: number }
  /** Waits until the handler has been called. */
  | { readonly do: "handled" }
  /** Fires the call's signal. */
  | { readonly do: "cancel" }
  /** Leaves the loop over the replies. */
  | { readonly do: "leave" }
  /** Makes the source of the requests throw. */
  | { readonly do: "throw" };

export const send = (request: RequestFields = {}): Step => ({ do: "send", request });
export const finish: Step = { do: "finish" };
export const receive = (replies: number): Step => ({ do: "receive", replies });
export const wait = (ms: number): Step => ({ do: "wait", ms });
export const handled: Step = { do: "handled" };
export const cancel: Step = { do: "cancel" };
export const leave: Step = { do: "leave" };
export const fail: Step = { do: "throw" };

const encoder = new TextEncoder();

/** A payload of text. */
export const text = (value: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(encoder.encode(value));
/** Payloads of text. */
export const texts = (...values: string[]): Uint8Array<ArrayBuffer>[] => values.map(text);
/** A payload of zeros. */
export const zeros = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size);
