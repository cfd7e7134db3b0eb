import type { CallOptions } from "@aster/rpc";
import type { CalleeMethod } from "../call/callee.ts";
import { invoke } from "../call/invoke.ts";

const MOST_CHARACTERS = 4 * 1024 * 1024;

/** The bounds of a stream of replies. */
export interface ReplyBounds {
  readonly maxItems: number;
  readonly maxSeconds: number;
}

/** The replies of a stream as JSON texts, and the bound that cut it. */
export interface BoundedReplies {
  readonly replies: readonly string[];
  /** `complete`: the stream ended by itself. */
  readonly ended: "complete" | "max_items" | "max_seconds" | "max_characters";
}

/** Reads a stream until it ends or a bound is reached, which cancels the call. */
export async function boundedReplies(
  method: CalleeMethod,
  request: unknown,
  { maxItems, maxSeconds }: ReplyBounds,
  options: CallOptions & { readonly signal: AbortSignal },
): Promise<BoundedReplies> {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), maxSeconds * 1000);
  const signal = AbortSignal.any([options.signal, time.signal]);
  const replies: string[] = [];
  let characters = 0;
  try {
    for await (const reply of invoke(method, request, { ...options, signal })) {
      replies.push(reply);
      characters += reply.length;
      if (replies.length >= maxItems) return { replies, ended: "max_items" };
      if (characters >= MOST_CHARACTERS) return { replies, ended: "max_characters" };
    }
    return { replies, ended: "complete" };
  } catch (error) {
    if (options.signal.aborted || !time.signal.aborted) throw error;
    return { replies, ended: "max_seconds" };
  } finally {
    clearTimeout(timer);
  }
}
