import { wireType } from "@aster/codec";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  bidiStream,
  type CallContext,
  clientStream,
  defineService,
  type MethodsOf,
  type MethodsOfClass,
  rpc,
  type ServiceDefinition,
  type ServiceHandlers,
  type ServiceOf,
  serverStream,
  service,
  unary,
} from "../src/index.ts";

const Request = wireType("types/Request", { name: z.string().default(""), at: z.date() });
const Reply = wireType("types/Reply", { text: z.string(), loud: z.boolean().default(false) });
type Request = z.output<typeof Request>;
type Reply = z.output<typeof Reply>;
type SentRequest = { name?: string | undefined; at: Date };
type SentReply = { text: string; loud?: boolean | undefined };

const Def = defineService(
  "Types",
  {},
  {
    hello: unary(Request, Reply, { timeoutMs: 5 }),
    count: serverStream(Request, Reply),
    join: clientStream(Request, Reply),
    chat: bidiStream(Request, Reply),
    bare: unary({ city: z.string() }, z.object({ celsius: z.number() })),
  },
);

test("a definition keeps pattern and types of every method", () => {
  expectTypeOf<keyof typeof Def.methods>().toEqualTypeOf<
    "hello" | "count" | "join" | "chat" | "bare"
  >();
  expectTypeOf(Def.methods.hello.pattern).toEqualTypeOf<"unary">();
  expectTypeOf(Def.methods.chat.pattern).toEqualTypeOf<"bidi_stream">();
  expectTypeOf<z.output<typeof Def.methods.hello.request>>().toEqualTypeOf<Request>();
  expectTypeOf<z.output<typeof Def.methods.bare.request>>().toEqualTypeOf<{ city: string }>();
  expectTypeOf(Def).toExtend<ServiceDefinition>();
});

test("a caller sends inputs and receives outputs", () => {
  type Client = MethodsOf<typeof Def>;
  expectTypeOf<Client["hello"]>().toEqualTypeOf<(request: SentRequest) => Promise<Reply>>();
  expectTypeOf<Client["count"]>().toEqualTypeOf<(request: SentRequest) => AsyncIterable<Reply>>();
  expectTypeOf<Client["join"]>().toEqualTypeOf<
    (requests: AsyncIterable<SentRequest>) => Promise<Reply>
  >();
  expectTypeOf<Client["chat"]>().toEqualTypeOf<
    (requests: AsyncIterable<SentRequest>) => AsyncIterable<Reply>
  >();
  expectTypeOf<Client["bare"]>().parameter(0).toEqualTypeOf<{ city: string }>();
});

test("a handler receives outputs and may answer with inputs", () => {
  type Handlers = ServiceHandlers<typeof Def>;
  expectTypeOf<Handlers["hello"]>().parameter(0).toEqualTypeOf<Request>();
  expectTypeOf<Handlers["hello"]>().parameter(1).toExtend<CallContext>();
  expectTypeOf<Handlers["hello"]>().returns.toEqualTypeOf<SentReply | Promise<SentReply>>();
  expectTypeOf<Handlers["join"]>().parameter(0).toEqualTypeOf<AsyncIterable<Request>>();
  expectTypeOf<Handlers["chat"]>().returns.toEqualTypeOf<AsyncIterable<SentReply>>();
  const handlers: ServiceHandlers<typeof Def> = {
    hello: ({ name }) => ({ text: name }),
    count: async function* ({ name }) {
      yield { text: name };
    },
    join: async (_requests, context) => ({ text: context.peer }),
    chat: async function* (requests) {
      for await (const { name } of requests) yield { text: name };
    },
    bare: () => ({ celsius: 1 }),
  };
  expectTypeOf(handlers).not.toBeAny();
});

@service("Types")
class Implementation {
  @rpc(Request, Reply) async hello(request: Request, context: CallContext): Promise<SentReply> {
    return { text: request.name + context.peer };
  }
  @unary(Request, Reply) sync({ name }: Request): SentReply {
    return { text: name };
  }
  @serverStream(Request, Reply) async *count(request: Request): AsyncGenerator<SentReply> {
    yield { text: request.name };
  }
  @clientStream(Request, Reply) async join(requests: AsyncIterable<Request>): Promise<SentReply> {
    for await (const { name } of requests) return { text: name };
    return { text: "" };
  }
  @bidiStream(Request, Reply) async *chat(
    requests: AsyncIterable<Request>,
  ): AsyncIterableIterator<SentReply> {
    for await (const { name } of requests) yield { text: name };
  }
  readonly field: number = 1;
  async onSessionClose(): Promise<void> {}
}

test("derives the methods of a class for callers", () => {
  type Client = MethodsOfClass<typeof Implementation>;
  expectTypeOf<MethodsOfClass<Implementation>>().toEqualTypeOf<Client>();
  expectTypeOf<Client["hello"]>().toEqualTypeOf<(request: Request) => Promise<SentReply>>();
  expectTypeOf<Client["sync"]>().toEqualTypeOf<(request: Request) => Promise<SentReply>>();
  expectTypeOf<Client["count"]>().toEqualTypeOf<(request: Request) => AsyncIterable<SentReply>>();
  expectTypeOf<Client["join"]>().toEqualTypeOf<
    (request: AsyncIterable<Request>) => Promise<SentReply>
  >();
  expectTypeOf<Client["chat"]>().toEqualTypeOf<
    (request: AsyncIterable<Request>) => AsyncIterable<SentReply>
  >();
  expectTypeOf<Client>().not.toHaveProperty("onSessionClose");
  expectTypeOf<Client>().not.toHaveProperty("field");
});

test("derives the definition of a class from its signatures", () => {
  expectTypeOf<ServiceOf<typeof Def>>().toEqualTypeOf<typeof Def>();
  type FromClass = ServiceOf<typeof Implementation>;
  expectTypeOf<FromClass>().toExtend<ServiceDefinition>();
  expectTypeOf<FromClass["methods"]["count"]["pattern"]>().toEqualTypeOf<"server_stream">();
  expectTypeOf<ServiceHandlers<FromClass>["hello"]>().parameter(0).toEqualTypeOf<Request>();
});

test("a method that does not match its types is a compile error", () => {
  class Wrong {
    // @ts-expect-error the request has no field city
    @rpc(Request, Reply) async request(request: { city: string }): Promise<SentReply> {
      return { text: request.city };
    }
    // @ts-expect-error the response lacks text
    @rpc(Request, Reply) async response(_: Request): Promise<{ loud: boolean }> {
      return { loud: true };
    }
    // @ts-expect-error one response is not a stream
    @serverStream(Request, Reply) once(_: Request): SentReply {
      return { text: "" };
    }
    // @ts-expect-error one request is not a stream
    @clientStream(Request, Reply) async single(request: Request): Promise<SentReply> {
      return { text: request.name };
    }
    // @ts-expect-error items of the wrong type
    @bidiStream(Request, Reply) async *items(_: AsyncIterable<Request>): AsyncGenerator<number> {
      yield 1;
    }
    // @ts-expect-error a field is not a method
    @rpc(Request, Reply) field: string = "";
  }
  expectTypeOf<Wrong>().not.toBeAny();

  // @ts-expect-error methods of the contract are missing
  @service(Def)
  class Missing {
    hello(_: Request): SentReply {
      return { text: "" };
    }
  }
  expectTypeOf<Missing>().not.toBeAny();

  // @ts-expect-error an option that does not exist
  unary(Request, Reply, { timeout: 3 });
  // @ts-expect-error a string is not a message
  unary(z.string(), Reply);
});

interface Tree {
  value: number;
  children: Tree[];
}

test("a type that contains itself keeps its shape", () => {
  const Node = wireType("types/Node", {
    value: z.int(),
    get children() {
      return z.array(Node);
    },
  });
  const Trees = defineService("Trees", {}, { walk: serverStream(Node, Node) });
  expectTypeOf<MethodsOf<typeof Trees>["walk"]>().parameter(0).toExtend<Tree>();
});

test("the scope of a definition is part of its type", () => {
  const methods = { hello: unary(Request, Reply) };
  expectTypeOf(defineService("A", {}, methods).scoped).toEqualTypeOf<"shared">();
  expectTypeOf(defineService("A", { version: 2 }, methods).scoped).toEqualTypeOf<"shared">();
  expectTypeOf(defineService("A", { scoped: "stream" }, methods).scoped).toEqualTypeOf<"session">();
  expectTypeOf(
    defineService("A", { scoped: "session" }, methods).scoped,
  ).toEqualTypeOf<"session">();
  expectTypeOf<ServiceDefinition["scoped"]>().toEqualTypeOf<"shared" | "session">();
});
