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

/** The failures of the next handlers, and the names of those that ran. */
export class Script {
  readonly calls: string[] = [];
  #failures: unknown[] = [];

  /** The next handlers fail, one with each error. */
  fail(...errors: unknown[]): this {
    this.#failures.push(...errors);
    return this;
  }

  /** A handler begins. */
  enter(name: string): void {
    this.calls.push(name);
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }
}

function handlers(script: Script) {
  return {
    async get({ n }: { n: number }) {
      script.enter("get");
      return { n };
    },
    async put({ n }: { n: number }) {
      script.enter("put");
      return { n };
    },
    async *list({ n }: { n: number }) {
      script.enter("list");
      for (let at = 0; at < n; at += 1) yield { n: at };
    },
    async *follow({ n }: { n: number }) {
      script.calls.push("follow");
      yield { n };
      throw unavailable();
    },
    async sum(requests: AsyncIterable<{ n: number }>) {
      let n = 0;
      for await (const request of requests) n += request.n;
      script.enter("sum");
      return { n };
    },
    async *chat(requests: AsyncIterable<{ n: number }>) {
      script.enter("chat");
      for await (const { n } of requests) yield { n };
    },
  };
}

export function flaky(script: Script): ServiceImplementation[] {
  return [implement(Flaky, handlers(script)), implement(FlakySession, () => handlers(script))];
}
