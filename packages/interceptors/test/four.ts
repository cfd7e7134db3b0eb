// A service with one method per pattern, shared and session-scoped, for tests over all transports.
import {
  bidiStream,
  type CallContext,
  type CallOptions,
  type Client,
  clientStream,
  defineService,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceHandlers,
  type Session,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

type TextType = z.ZodObject<{ text: z.ZodString }>;
const Text: TextType = wireType("interceptortest/FourText", { text: z.string() });

type Methods = {
  readonly one: MethodDefinition<"unary", TextType, TextType>;
  readonly many: MethodDefinition<"server_stream", TextType, TextType>;
  readonly sum: MethodDefinition<"client_stream", TextType, TextType>;
  readonly chat: MethodDefinition<"bidi_stream", TextType, TextType>;
};
const methods: Methods = {
  one: unary(Text, Text),
  many: serverStream(Text, Text),
  sum: clientStream(Text, Text),
  chat: bidiStream(Text, Text),
};

export const Four: ServiceDefinition<Methods, "shared"> = defineService("Four", {}, methods);
export const FourInSession: ServiceDefinition<Methods, "session"> = defineService(
  "FourInSession",
  { scoped: "session" },
  methods,
);

export const TRANSPORTS = ["memory", "quic"] as const;
export const PATTERNS = ["one", "many", "sum", "chat"] as const;
export type Pattern = (typeof PATTERNS)[number];
export type FourClient = Client<typeof Four> | Session<typeof FourInSession>;

/** Handlers that answer each call with `answer(text, context)`, and end with its error. */
export function answering<V = unknown>(
  answer: (text: string, context: CallContext & V) => string | Promise<string>,
): ServiceHandlers<typeof Four, V> {
  return {
    one: async ({ text }, context) => ({ text: await answer(text, context) }),
    async *many({ text }, context) {
      yield { text: await answer(text, context) };
    },
    async sum(requests, context) {
      let all = "";
      for await (const { text } of requests) all += text;
      return { text: await answer(all, context) };
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
