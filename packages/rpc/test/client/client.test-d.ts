import type { RowView } from "@aster/codec/row";
import {
  type BidiStreamCall,
  bidiStream,
  type CallContext,
  type Client,
  type ClientStreamCall,
  clientStream,
  createLocalClient,
  defineService,
  errorType,
  implement,
  type ResponseStream,
  rpc,
  serverStream,
  service,
  unary,
  wireType,
} from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import type { Connection } from "@aster/transport";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";

const Request = wireType("types/Request", { name: z.string().default(""), at: z.date() });
const Reply = wireType("types/Reply", { message: z.string(), count: z.int64() });
type Reply = z.output<typeof Reply>;
const Greeter = defineService(
  "Greeter",
  {},
  {
    hello: unary(Request, Reply),
    list: serverStream(Request, Reply),
    collect: clientStream(Request, Reply),
  },
);

const Chat = defineService(
  "Chat",
  {},
  { collect: clientStream(Request, Reply), chat: bidiStream(Request, Reply) },
);

@service
class Hello {
  @rpc(Request, Reply)
  async hello(request: z.output<typeof Request>): Promise<Reply> {
    return { message: request.name, count: 1n };
  }

  onSessionClose(): void {}
}

@service
class Ticker {
  async *ticks(): AsyncGenerator<Reply> {
    yield { message: "tick", count: 1n };
  }

  async reset(): Promise<Reply> {
    return { message: "reset", count: 0n };
  }
}

declare const connection: Connection;

test("a method without parameters takes one request, not a stream", () => {
  const client = createClient(Ticker, connection);
  expectTypeOf(client.ticks).parameter(0).toEqualTypeOf<object>();
  expectTypeOf(client.ticks).returns.toEqualTypeOf<ResponseStream<Reply>>();
  expectTypeOf(client.reset).parameter(0).toEqualTypeOf<object>();
});

test("a client mirrors its definition", () => {
  const client = createClient(Greeter, connection);
  expectTypeOf(client.hello).parameter(0).toEqualTypeOf<z.input<typeof Request>>();
  expectTypeOf(client.hello).returns.resolves.toEqualTypeOf<Reply>();
  expectTypeOf(client.list).returns.toEqualTypeOf<ResponseStream<Reply>>();
  expectTypeOf(client.collect).returns.resolves.toEqualTypeOf<Reply>();
  expectTypeOf(client.hello).toBeCallableWith({ at: new Date() }, { timeoutMs: 1 });
  // @ts-expect-error a number is not a name
  void client.hello({ name: 1, at: new Date() });
  // @ts-expect-error `at` is missing
  void client.hello({ name: "x" });
  // @ts-expect-error one request in place of a stream
  void client.collect({ at: new Date() });
  // @ts-expect-error no such option
  void client.hello({ at: new Date() }, { timeout: 1 });
  // @ts-expect-error no such method
  void client.goodbye;
  // a plain array is a stream of requests
  void client.collect([{ at: new Date() }]);
});

test("methods with a stream of requests can be opened", () => {
  const client = createClient(Chat, connection);
  const collecting = client.collect.open({ timeoutMs: 1 });
  expectTypeOf(collecting).toEqualTypeOf<ClientStreamCall<z.input<typeof Request>, Reply>>();
  expectTypeOf(collecting.response).resolves.toEqualTypeOf<Reply>();
  const chatting = client.chat.open();
  expectTypeOf(chatting).toEqualTypeOf<BidiStreamCall<z.input<typeof Request>, Reply>>();
  expectTypeOf(chatting).toExtend<ResponseStream<Reply>>();
  expectTypeOf(chatting.send).parameter(0).toEqualTypeOf<z.input<typeof Request>>();
  // @ts-expect-error `at` is missing
  void chatting.send({ name: "x" });
  // @ts-expect-error a unary method takes one request
  void createClient(Greeter, connection).hello.open;
});

test("a client mirrors its class, without the server's own members", () => {
  const client = createClient(Hello, connection);
  expectTypeOf(client.hello).parameter(0).toEqualTypeOf<z.output<typeof Request>>();
  expectTypeOf(client.hello).returns.resolves.toEqualTypeOf<Reply>();
  expectTypeOf<Client<typeof Hello>>().not.toHaveProperty("onSessionClose");
});

test("an implementation has every handler, with the types of the definition", () => {
  const answer = { message: "", count: 0n };
  const all = {
    hello: async () => answer,
    async *list() {
      yield answer;
    },
    collect: () => answer,
  };
  implement(Greeter, all);
  // @ts-expect-error `collect` is missing
  implement(Greeter, { hello: all.hello, list: all.list });
  // @ts-expect-error the reply has another type
  implement(Greeter, { ...all, hello: async () => ({ message: 1, count: 0n }) });
});

test("views of rows are typed, field by field", () => {
  const client = createClient(Greeter, connection, { rows: "view" });
  expectTypeOf(client.hello).returns.resolves.toEqualTypeOf<RowView<Reply>>();
  expectTypeOf(client.list).returns.toEqualTypeOf<ResponseStream<RowView<Reply>>>();
  expectTypeOf(client.collect).returns.resolves.toEqualTypeOf<RowView<Reply>>();
  void client.hello({ at: new Date() }).then((view) => {
    expectTypeOf(view.get("count")).toEqualTypeOf<bigint>();
    // @ts-expect-error no such field
    void view.get("age");
  });
  expectTypeOf(createLocalClient(Greeter, { handle() {} }, { rows: "view" })).toEqualTypeOf(client);
});

test("serialization modes are literal types", () => {
  const client = createClient(Greeter, connection, { serialization: "native", profile: "B" });
  void client.hello({ at: new Date() }, { serialization: "row" });
  // @ts-expect-error no such mode
  void client.hello({ at: new Date() }, { serialization: "xml" });
  // @ts-expect-error no such profile
  createClient(Greeter, connection, { profile: "C" });
});

const Missing = wireType("types/Missing", { amount: z.int64(), why: z.string().default("") });
const Locked = errorType(wireType("types/Locked", { since: z.date() }), { code: 7 });
const errors = { Missing, Locked };

test("declared errors are typed where they are thrown and where they are caught", () => {
  const Bank = defineService(
    "Bank",
    {},
    { pay: unary(Request, Reply, { errors }), look: unary(Request, Reply) },
  );
  implement(Bank, {
    pay(_, context) {
      void context.error("Missing", { amount: 1n });
      void context.error("Locked", { since: new Date() }, "in words");
      // @ts-expect-error no such error
      void context.error("Lost", {});
      // @ts-expect-error `amount` is missing
      void context.error("Missing", {});
      throw context.error("Missing", { amount: 1n });
    },
    look(_, context) {
      // @ts-expect-error the method declares none
      throw context.error("Missing", { amount: 1n });
    },
  });
  const error: unknown = undefined;
  if (Bank.methods.pay.errors.Missing.is(error)) {
    expectTypeOf(error.data).toEqualTypeOf<{ amount: bigint; why: string }>();
    expectTypeOf(error.code).toEqualTypeOf<number>();
  }
  if (Locked.is(error)) expectTypeOf(error.data.since).toEqualTypeOf<Date>();
  // @ts-expect-error the method declares none
  void Bank.methods.look.errors.Missing;
  // a handler that is shared by methods takes the context of any of them
  const shared = (_: object, context: CallContext): never => {
    throw context.error("Missing", {});
  };
  implement(Bank, { pay: shared, look: shared });
});

test("response streams can be disposed of", () => {
  expectTypeOf<ResponseStream<Reply>>().toExtend<AsyncDisposable>();
});
