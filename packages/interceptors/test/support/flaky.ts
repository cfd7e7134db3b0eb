// Services whose calls fail as a script says, with a count of the handlers that ran.
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  type MethodDefinition,
  RpcError,
  type RpcErrorOptions,
  type ServiceDefinition,
  type ServiceImplementation,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

const Item: z.ZodObject<{ n: z.ZodInt }> = wireType("flaky/Item", { n: z.int() });

type ItemType = typeof Item;

type Methods = {
  get: MethodDefinition<"unary", ItemType, ItemType>;
  put: MethodDefinition<"unary", ItemType, ItemType>;
  list: MethodDefinition<"server_stream", ItemType, ItemType>;
  follow: MethodDefinition<"server_stream", ItemType, ItemType>;
  sum: MethodDefinition<"client_stream", ItemType, ItemType>;
  chat: MethodDefinition<"bidi_stream", ItemType, ItemType>;
};

const methods: Methods = {
  get: unary(Item, Item, { idempotent: true }),
  put: unary(Item, Item),
  list: serverStream(Item, Item, { idempotent: true }),
  follow: serverStream(Item, Item, { idempotent: true }),
  sum: clientStream(Item, Item, { idempotent: true }),
  chat: bidiStream(Item, Item, { idempotent: true }),
};

export const Flaky: ServiceDefinition<Methods> = defineService("Flaky", {}, methods);
export const FlakySession: ServiceDefinition<Methods, "session"> = defineService(
  "FlakySession",
  { scoped: "session" },
  methods,
);

export function unavailable(options: RpcErrorOptions = {}): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "try later", options);
}

/** The next outcomes of the handlers, and the names of those that ran. */
export class Script {
  readonly calls: string[] = [];
  /** The chat begins with a response. */
  greets = false;
  /** The handlers whose signal has fired. */
  readonly aborted: string[] = [];
  #outcomes: ("hang" | RpcError)[] = [];

  /** The next handlers fail with an error, or hang until they are aborted: one per outcome. */
  next(...outcomes: ("hang" | RpcError)[]): this {
    this.#outcomes.push(...outcomes);
    return this;
  }

  async enter(name: string, signal: AbortSignal): Promise<void> {
    this.calls.push(name);
    const outcome = this.#outcomes.shift();
    if (outcome === "hang") {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      this.aborted.push(name);
      throw signal.reason;
    }
    if (outcome !== undefined) throw outcome;
  }
}

type Context = { readonly signal: AbortSignal };

function handlers(script: Script) {
  return {
    async get({ n }: { n: number }, { signal }: Context) {
      await script.enter("get", signal);
      return { n };
    },
    async put({ n }: { n: number }, { signal }: Context) {
      await script.enter("put", signal);
      return { n };
    },
    async *list({ n }: { n: number }, { signal }: Context) {
      await script.enter("list", signal);
      for (let at = 0; at < n; at += 1) yield { n: at };
    },
    /** Fails after its first response. */
    async *follow({ n }: { n: number }) {
      script.calls.push("follow");
      yield { n };
      throw unavailable();
    },
    async sum(requests: AsyncIterable<{ n: number }>, { signal }: Context) {
      let n = 0;
      for await (const request of requests) n += request.n;
      await script.enter("sum", signal);
      return { n };
    },
    async *chat(requests: AsyncIterable<{ n: number }>, { signal }: Context) {
      await script.enter("chat", signal);
      if (script.greets) yield { n: 0 };
      for await (const { n } of requests) yield { n };
    },
  };
}

export function flaky(script: Script): ServiceImplementation[] {
  return [implement(Flaky, handlers(script)), implement(FlakySession, () => handlers(script))];
}

/** Reads a stream to its end. */
export async function received(stream: AsyncIterable<{ readonly n: number }>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { n } of stream) numbers.push(n);
  return numbers;
}

/** Waits until nothing is on its way in memory. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
