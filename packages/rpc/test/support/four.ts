// A service with one method per pattern, shared and session-scoped, and one call of each.

import type { MethodDefinition, ServiceDefinition } from "@aster/contract";
import type { CallOptions } from "@aster/rpc";
import {
  bidiStream,
  type Client,
  clientStream,
  defineService,
  type Session,
  serverStream,
  unary,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Text } from "./probe.ts";

export const PATTERNS = ["one", "many", "sum", "chat"] as const;
export type Pattern = (typeof PATTERNS)[number];

interface FourOptions {
  readonly service?: readonly Interceptor[];
  readonly methods?: readonly Interceptor[];
}

type TextType = typeof Text;

type Four = {
  readonly one: MethodDefinition<"unary", TextType, TextType>;
  readonly many: MethodDefinition<"server_stream", TextType, TextType>;
  readonly sum: MethodDefinition<"client_stream", TextType, TextType>;
  readonly chat: MethodDefinition<"bidi_stream", TextType, TextType>;
};

const methodsWith = (interceptors: readonly Interceptor[]): Four => ({
  one: unary(Text, Text, { interceptors }),
  many: serverStream(Text, Text, { interceptors }),
  sum: clientStream(Text, Text, { interceptors }),
  chat: bidiStream(Text, Text, { interceptors }),
});

/** Defines the shared service. */
export function fourWith({
  service = [],
  methods = [],
}: FourOptions = {}): ServiceDefinition<Four, "shared"> {
  return defineService("Four", { interceptors: service }, methodsWith(methods));
}

/** Defines the session-scoped service. */
export function fourInSession({
  service = [],
  methods = [],
}: FourOptions = {}): ServiceDefinition<Four, "session"> {
  const options = { scoped: "session", interceptors: service } as const;
  return defineService("FourInSession", options, methodsWith(methods));
}

export type FourClient =
  | Client<ReturnType<typeof fourWith>>
  | Session<ReturnType<typeof fourInSession>>;

interface TextMessage {
  readonly text: string;
}

/** `many` and `chat` answer with one item per request. */
interface FourHandlers<C> {
  one(request: TextMessage, context: C): Promise<TextMessage>;
  many(request: TextMessage, context: C): AsyncIterable<TextMessage>;
  sum(requests: AsyncIterable<TextMessage>, context: C): Promise<TextMessage>;
  chat(requests: AsyncIterable<TextMessage>, context: C): AsyncIterable<TextMessage>;
}

/**
 * Handlers that answer each request, or all of them, with `answer(text, context)`, and end with its
 * error.
 */
export function answering<C>(
  answer: (text: string, context: C) => string | Promise<string>,
): FourHandlers<C> {
  return {
    one: async ({ text }, context) => ({ text: await answer(text, context) }),
    async *many({ text }, context) {
      yield { text: await answer(text, context) };
    },
    async sum(requests, context) {
      const texts: string[] = [];
      for await (const { text } of requests) texts.push(text);
      return { text: await answer(texts.join(""), context) };
    },
    async *chat(requests, context) {
      for await (const { text } of requests) yield { text: await answer(text, context) };
    },
  };
}

/** Calls one method with one request. Resolves with the text of its last response. */
export async function callFour(
  client: FourClient,
  pattern: Pattern,
  options?: CallOptions,
  text = "",
): Promise<string | undefined> {
  if (pattern === "one") return (await client.one({ text }, options)).text;
  if (pattern === "sum") return (await client.sum([{ text }], options)).text;
  const stream =
    pattern === "many" ? client.many({ text }, options) : client.chat([{ text }], options);
  let last: string | undefined;
  for await (const item of stream) last = item.text;
  return last;
}
