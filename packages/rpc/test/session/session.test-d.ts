import type { ContractManifest } from "@aster/contract/model";
import {
  type AsterClient,
  bidiStream,
  clientStream,
  createLocalSession,
  defineService,
  implement,
  type ManifestSessionProxy,
  type ResponseStream,
  type RpcError,
  rpc,
  type Session,
  type SessionProxy,
  serverStream,
  service,
  unary,
  wireType,
} from "@aster/rpc";
import { createClient, createSession } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import type { Connection } from "@aster/transport";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";

const Add = wireType("types/Add", { n: z.int().default(0), at: z.date() });
const Total = wireType("types/Total", { total: z.int() });
type Total = z.output<typeof Total>;
const methods = {
  add: unary(Add, Total),
  history: serverStream(Add, Total),
  addAll: clientStream(Add, Total),
  chat: bidiStream(Add, Total),
};
const Counter = defineService("Counter", { scoped: "session" }, methods);
const Shared = defineService("Shared", {}, methods);

@service({ scoped: "session" })
class Tally {
  readonly peer: string;

  constructor(peer: string) {
    this.peer = peer;
  }

  @rpc(Add, Total)
  async add({ n }: z.output<typeof Add>): Promise<Total> {
    return { total: n };
  }

  onSessionClose(): void {}
}

declare const client: AsterClient;
declare const connection: Connection;
declare const manifest: ContractManifest;

test("has the methods of its definition, and close", async () => {
  await using session = await client.session(Counter);
  expectTypeOf(session).toEqualTypeOf<Session<typeof Counter>>();
  expectTypeOf(session.add).parameter(0).toEqualTypeOf<z.input<typeof Add>>();
  expectTypeOf(session.add).returns.resolves.toEqualTypeOf<Total>();
  expectTypeOf(session.history).returns.toEqualTypeOf<ResponseStream<Total>>();
  expectTypeOf(session.addAll).returns.resolves.toEqualTypeOf<Total>();
  expectTypeOf(session.chat).returns.toEqualTypeOf<ResponseStream<Total>>();
  expectTypeOf(session.close).returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf(session.closed).toEqualTypeOf<Promise<RpcError | undefined>>();
  expectTypeOf(session.add).toBeCallableWith({ at: new Date() }, { timeoutMs: 1 });
  // @ts-expect-error a string is not a number
  void session.add({ n: "1", at: new Date() });
  // @ts-expect-error one request where many are due
  void session.addAll({ at: new Date() });
  // @ts-expect-error no such method
  void session.nope;
});

test("takes the methods of a decorated class, without those of the server", async () => {
  const session = await client.session(Tally, { cancelTimeoutMs: 1_000 });
  expectTypeOf(session.add).returns.resolves.toEqualTypeOf<Total>();
  expectTypeOf(session).not.toHaveProperty("onSessionClose");
});

test("refuses sessions of shared services and clients of session-scoped ones", () => {
  // @ts-expect-error shared
  void client.session(Shared);
  // @ts-expect-error shared
  void createSession(Shared, connection);
  // @ts-expect-error shared
  void createLocalSession(Shared, new Server({ services: [] }));
  // @ts-expect-error session-scoped
  void client.client(Counter);
  // @ts-expect-error session-scoped
  void createClient(Counter, connection);
  expectTypeOf(createSession(Counter, connection)).toEqualTypeOf<Session<typeof Counter>>();
});

test("makes handlers for a peer, with an optional onSessionClose", () => {
  const handlers = {
    add: ({ n }: { n: number }) => ({ total: n }),
    async *history() {
      yield { total: 1 };
    },
    addAll: async () => ({ total: 1 }),
    async *chat() {
      yield { total: 1 };
    },
  };
  implement(Counter, (peer) => {
    expectTypeOf(peer).toEqualTypeOf<string>();
    return { ...handlers, onSessionClose: async () => {} };
  });
  // @ts-expect-error a function that makes them is due
  implement(Counter, handlers);
  // @ts-expect-error handlers are due
  implement(Shared, () => handlers);
  // @ts-expect-error a method is missing
  implement(Counter, () => ({ add: handlers.add }));
});

test("without a definition", () => {
  expectTypeOf(client.session("Counter")).resolves.toEqualTypeOf<SessionProxy>();
  expectTypeOf(
    client.session("Counter", { manifest }),
  ).resolves.toEqualTypeOf<ManifestSessionProxy>();
});
