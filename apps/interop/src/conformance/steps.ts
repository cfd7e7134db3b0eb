import type { RequestFields } from "./messages.ts";

/** What a caller does, one after the other. A call begins with its first step, a call of one request with its `send`. */
export type Step =
  | { readonly do: "send"; readonly request: RequestFields }
  /** No more requests. */
  | { readonly do: "finish" }
  /** Waits until so many replies more have come. */
  | { readonly do: "receive"; readonly replies: number }
  | { readonly do: "wait"; readonly ms: number }
  /** Waits until the handler has been called. */
  | { readonly do: "handled" }
  /** Fires the call's signal. */
  | { readonly do: "cancel" }
  /** Leaves the loop over the replies. */
  | { readonly do: "leave" }
  /** The source of the requests throws. */
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
/** A payload of so many zeros. */
export const zeros = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size);
