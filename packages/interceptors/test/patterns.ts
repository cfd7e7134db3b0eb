// A service with a method of each pattern, shared and in sessions, over memory and QUIC.
import {
  bidiStream,
  type Client,
  clientStream,
  defineService,
  implement,
  type Session,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { z } from "zod";

const Item = wireType("patterns/Item", { text: z.string() });
type Item = z.infer<typeof Item>;

const methods = {
  one: unary(Item, Item),
  many: serverStream(Item, Item),
  sum: clientStream(Item, Item),
  chat: bidiStream(Item, Item),
};
export type Method = "one" | "many" | "sum" | "chat";
export const methodNames: readonly Method[] = ["one", "many", "sum", "chat"];

const Shared = defineService("Shared", {}, methods);
const Scoped = defineService("Scoped", { scoped: "session" }, methods);

/** Runs in every handler: before the response, in streams between the two responses. */
export type Work = (method: Method, signal: AbortSignal) => unknown;

function handlers(work: Work) {
  return {
    async one(item: Item, context: { signal: AbortSignal }) {
      await work("one", context.signal);
      return item;
    },
    async *many(item: Item, context: { signal: AbortSignal }) {
      yield item;
      await work("many", context.signal);
      yield item;
    },
    async sum(items: AsyncIterable<Item>, context: { signal: AbortSignal }) {
      let last: Item = { text: "" };
      for await (const item of items) last = item;
      await work("sum", context.signal);
      return last;
    },
    async *chat(items: AsyncIterable<Item>, context: { signal: AbortSignal }) {
      let first = true;
      for await (const item of items) {
        if (!first) await work("chat", context.signal);
        first = false;
        yield item;
      }
    },
  };
}

export interface Place {
  readonly transport: "memory" | "quic";
  readonly calls: "client" | "session";
}

/** All places of calls; tests give each of them every pattern. */
export const places: readonly Place[] = (["memory", "quic"] as const).flatMap((transport) =>
  (["client", "session"] as const).map((calls) => ({ transport, calls })),
);

export interface PlaceOptions extends Place {
  readonly work?: Work;
  readonly client?: readonly Interceptor[];
  readonly server?: readonly Interceptor[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Patterns extends AsyncDisposable {
  readonly pair: ServicePair;
  /** Calls a method, and resolves with the texts of its responses. */
  call(method: Method, options?: CallOptions): Promise<string[]>;
  /** Calls on a further session or client. */
  another(): Promise<Pick<Patterns, "call">>;
}

export async function openPatterns({
  transport,
  calls,
  work = () => {},
  client = [],
  server = [],
}: PlaceOptions): Promise<Patterns> {
  const pair = await servicePair({
    transport,
    services: [implement(Shared, handlers(work)), implement(Scoped, () => handlers(work))],
    interceptors: server,
    onError: () => {},
  });
  const another = async (): Promise<Pick<Patterns, "call">> => {
    const target =
      calls === "client"
        ? pair.client.client(Shared, { interceptors: client })
        : await pair.client.session(Scoped, { interceptors: client });
    return { call: (method, options) => callOf(target, method, options) };
  };
  return {
    pair,
    another,
    ...(await another()),
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}

async function callOf(
  calls: Client<typeof Shared> | Session<typeof Scoped>,
  method: Method,
  options: CallOptions = {},
): Promise<string[]> {
  const items = [{ text: "a" }, { text: "b" }];
  if (method === "one") return [(await calls.one({ text: "a" }, options)).text];
  if (method === "sum") return [(await calls.sum(items, options)).text];
  const stream =
    method === "many" ? calls.many({ text: "a" }, options) : calls.chat(items, options);
  const texts: string[] = [];
  for await (const { text } of stream) texts.push(text);
  return texts;
}

/** The responses of each method. */
export const answers: Readonly<Record<Method, readonly string[]>> = {
  one: ["a"],
  many: ["a", "a"],
  sum: ["b"],
  chat: ["a", "b"],
};

/** A promise and its functions. */
export function gate(): { readonly open: Promise<void>; readonly release: () => void } {
  let release = (): void => {};
  const open = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { open, release };
}
