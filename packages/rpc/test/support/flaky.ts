// A service whose calls fail as a script says, with a count of the handlers that ran.
import type { MethodDefinition } from "@aster/contract";
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  RpcError,
  type RpcErrorOptions,
  type ServiceDefinition,
  type ServiceImplementation,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import { Item } from "./probe.ts";

type ItemType = typeof Item;

type FlakyMethods = {
  get: MethodDefinition<"unary", ItemType, ItemType>;
  put: MethodDefinition<"unary", ItemType, ItemType>;
  list: MethodDefinition<"server_stream", ItemType, ItemType>;
  follow: MethodDefinition<"server_stream", ItemType, ItemType>;
  sum: MethodDefinition<"client_stream", ItemType, ItemType>;
  chat: MethodDefinition<"bidi_stream", ItemType, ItemType>;
};

const methods: FlakyMethods = {
  get: unary(Item, Item, { idempotent: true }),
  put: unary(Item, Item),
  list: serverStream(Item, Item, { idempotent: true }),
  /** Fails after its first response. */
  follow: serverStream(Item, Item, { idempotent: true }),
  sum: clientStream(Item, Item, { idempotent: true }),
  chat: bidiStream(Item, Item, { idempotent: true }),
};

export const Flaky: ServiceDefinition<FlakyMethods> = defineService("Flaky", {}, methods);
export const FlakySession: ServiceDefinition<FlakyMethods, "session"> = defineService(
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
  #outcomes: unknown[] = [];

  /** The next handlers fail with an error, or hang until they are aborted: one per outcome. */
  next(...outcomes: ("hang" | Error)[]): this {
    this.#outcomes.push(...outcomes);
    return this;
  }

  /** A handler begins. */
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

interface Context {
  readonly signal: AbortSignal;
}

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
