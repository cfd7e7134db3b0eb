// Helpers of programs around clients, options and errors, as they compile with
// `exactOptionalPropertyTypes`.
import {
  type AsterClient,
  type AsterClientOptions,
  type AsterServerOptions,
  type CallOptions,
  type Client,
  createLocalClient,
  createLocalSession,
  defineService,
  type Infer,
  implement,
  RpcError,
  type RpcErrorOptions,
  type ServiceDefinition,
  type ServiceHandlers,
  type ServiceReference,
  type Session,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type {
  ClientOptions,
  LocalClientOptions,
  ProxyOptions,
  ReconnectOptions,
  ServiceClientOptions,
  SessionOptions,
} from "@aster/rpc/client";
import type { DrainOptions, RpcLimitOptions, Server, ServerOptions } from "@aster/rpc/server";
import type { Fault, ServicePairOptions } from "@aster/rpc/testing";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";

const Ask = wireType("helpers/Ask", { name: z.string().default("") });
const Reply = wireType("helpers/Reply", { text: z.string() });
const methods = { hello: unary(Ask, Reply), many: serverStream(Ask, Reply) };
const Greeter = defineService("Greeter", {}, methods);
const Counter = defineService("Counter", { scoped: "session" }, methods);

declare const client: AsterClient;
declare const server: Server;

class Pool {
  readonly peers: readonly AsterClient[] = [client];

  pick<T extends ServiceDefinition>(service: T): Client<T> {
    return (this.peers[0] as AsterClient).client(service);
  }

  open<T extends ServiceDefinition>(service: T): Promise<Session<T>> {
    return (this.peers[0] as AsterClient).session(service);
  }
}

function local<T extends ServiceReference>(service: T): Client<T> {
  return createLocalClient(service, server);
}

function localSession<T extends ServiceReference>(service: T): Session<T> {
  return createLocalSession(service, server);
}

function clientsOf<M extends Record<string, ServiceDefinition>>(
  services: M,
): { [K in keyof M]: Client<M[K]> } {
  const made = Object.entries(services).map(([key, service]) => [key, client.client(service)]);
  return Object.fromEntries(made) as { [K in keyof M]: Client<M[K]> };
}

test("functions that are generic over the service", () => {
  type Greeting = Promise<{ text: string }>;
  const pool = new Pool();
  expectTypeOf(pool.pick(Greeter).hello({ name: "" })).toEqualTypeOf<Greeting>();
  expectTypeOf(pool.open(Counter)).toEqualTypeOf<Promise<Session<typeof Counter>>>();
  expectTypeOf(local(Greeter).hello({})).toEqualTypeOf<Greeting>();
  expectTypeOf(localSession(Counter).hello({})).toEqualTypeOf<Greeting>();
  expectTypeOf(clientsOf({ Greeter }).Greeter.hello({})).toEqualTypeOf<Greeting>();
  const all: ServiceDefinition[] = [Greeter, Counter];
  expectTypeOf(client.client(all[0] as ServiceDefinition)).toExtend<object>();
});

test("classes of handlers", () => {
  class Impl implements ServiceHandlers<typeof Greeter> {
    hello({ name }: Infer<typeof Ask>): Infer<typeof Reply> {
      return { text: name };
    }

    async *many({ name }: Infer<typeof Ask>): AsyncGenerator<Infer<typeof Reply>> {
      yield { text: name };
    }
  }
  implement(Greeter, new Impl());
});

test("subclasses of errors with a literal name", () => {
  class NotFound extends RpcError {
    override name = "NotFound" as const;

    constructor(text: string) {
      super(StatusCode.NOT_FOUND, text);
    }
  }
  expectTypeOf(new NotFound("").name).toEqualTypeOf<"NotFound">();
});

/** The options with every optional one given as `undefined`. */
type Unset<O> = {
  [K in keyof O]: Partial<Record<K, unknown>> extends Pick<O, K> ? O[K] | undefined : O[K];
};

test("every option may be undefined", () => {
  expectTypeOf<Unset<CallOptions>>().toExtend<CallOptions>();
  expectTypeOf<Unset<ClientOptions>>().toExtend<ClientOptions>();
  expectTypeOf<Unset<AsterClientOptions>>().toExtend<AsterClientOptions>();
  expectTypeOf<Unset<ServiceClientOptions>>().toExtend<ServiceClientOptions>();
  expectTypeOf<Unset<LocalClientOptions>>().toExtend<LocalClientOptions>();
  expectTypeOf<Unset<SessionOptions>>().toExtend<SessionOptions>();
  expectTypeOf<Unset<ProxyOptions>>().toExtend<ProxyOptions>();
  expectTypeOf<Unset<ReconnectOptions>>().toExtend<ReconnectOptions>();
  expectTypeOf<Unset<ServerOptions>>().toExtend<ServerOptions>();
  expectTypeOf<Unset<AsterServerOptions>>().toExtend<AsterServerOptions>();
  expectTypeOf<Unset<DrainOptions>>().toExtend<DrainOptions>();
  expectTypeOf<Unset<RpcLimitOptions>>().toExtend<RpcLimitOptions>();
  expectTypeOf<Unset<RpcErrorOptions>>().toExtend<RpcErrorOptions>();
  expectTypeOf<Unset<ServicePairOptions>>().toExtend<ServicePairOptions>();
  expectTypeOf<Unset<Fault>>().toExtend<Fault>();
});
