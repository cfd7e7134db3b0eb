import { wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  bidiStream,
  type CallContext,
  ContractError,
  clientStream,
  contractIdOf,
  defineService,
  rpc,
  serverStream,
  service,
  serviceDefinitionOf,
  unary,
} from "../src/index.ts";

const Req = wireType("decorators/Req", { name: z.string().default("") });
const Res = wireType("decorators/Res", { text: z.string() });
type Req = z.output<typeof Req>;
type Res = z.input<typeof Res>;

const ByHand = defineService(
  "Greeter",
  { version: 2 },
  {
    hello: unary(Req, Res, { timeoutMs: 10_000, idempotent: true }),
    count: serverStream(Req, Res),
    join: clientStream(Req, Res),
    chat: bidiStream(Req, Res),
  },
);

@service({ name: "Greeter", version: 2 })
class Greeter {
  @rpc(Req, Res, { timeoutMs: 10_000, idempotent: true })
  async hello(request: Req, context: CallContext): Promise<Res> {
    return { text: `${request.name} ${context.peer}` };
  }
  @serverStream(Req, Res)
  async *count(request: Req): AsyncGenerator<Res> {
    yield { text: request.name };
  }
  @clientStream(Req, Res)
  async join(requests: AsyncIterable<Req>): Promise<Res> {
    let text = "";
    for await (const { name } of requests) text += name;
    return { text };
  }
  @bidiStream(Req, Res)
  async *chat(requests: AsyncIterable<Req>): AsyncGenerator<Res> {
    for await (const { name } of requests) yield { text: name };
  }
  helper(): number {
    return 1;
  }
}

test("a decorated class has the contract of the same definition", () => {
  const Def = serviceDefinitionOf(Greeter);
  expect(Object.keys(Def.methods)).toEqual(["hello", "count", "join", "chat"]);
  expect(Object.values(Def.methods).map((method) => method.pattern)).toEqual([
    ...["unary", "server_stream", "client_stream", "bidi_stream"],
  ]);
  expect(contractIdOf(Greeter)).toBe(contractIdOf(ByHand));
  expect(contractIdOf(new Greeter())).toBe(contractIdOf(ByHand));
  expect(serviceDefinitionOf(new Greeter())).toBe(Def);
  expect(serviceDefinitionOf(ByHand)).toBe(ByHand);
});

test("@service takes nothing, a name or options", () => {
  @service
  class Bare {
    @rpc(Req, Res) hello(_: Req): Res {
      return { text: "" };
    }
  }
  @service("Named")
  class Positional {
    @unary(Req, Res) hello(_: Req): Res {
      return { text: "" };
    }
  }
  @service({ version: 7 })
  class Options {
    @rpc(Req, Res) hello(_: Req): Res {
      return { text: "" };
    }
  }
  expect(serviceDefinitionOf(Bare)).toMatchObject({ name: "Bare", version: 1 });
  expect(serviceDefinitionOf(Positional)).toMatchObject({ name: "Named", version: 1 });
  expect(serviceDefinitionOf(Options)).toMatchObject({ name: "Options", version: 7 });
});

test("inherits methods, and an override keeps their declaration", () => {
  class Base {
    @rpc(Req, Res) hello(_: Req): Res {
      return { text: "base" };
    }
    @rpc(Req, Res) bye(_: Req): Res {
      return { text: "base" };
    }
  }
  @service
  class Derived extends Base {
    override bye(_: Req): Res {
      return { text: "derived" };
    }
    @rpc(Req, Res, { idempotent: true }) override hello(_: Req): Res {
      return { text: "derived" };
    }
  }
  class Further extends Derived {}
  const Def = serviceDefinitionOf(Derived);
  expect(Object.keys(Def.methods)).toEqual(["hello", "bye"]);
  expect(Def.byName.get("hello")?.idempotent).toBe(true);
  expect(serviceDefinitionOf(new Further())).toBe(Def);
});

test("a class bound to a contract takes its types from the contract", () => {
  @service(ByHand)
  class Bound {
    @rpc async hello(_: Req): Promise<Res> {
      return { text: "" };
    }
    @serverStream() async *count(_: Req): AsyncGenerator<Res> {
      yield { text: "" };
    }
    @clientStream(Req, Res) async join(_: AsyncIterable<Req>): Promise<Res> {
      return { text: "" };
    }
    async *chat(_: AsyncIterable<Req>): AsyncGenerator<Res> {
      yield { text: "" };
    }
  }
  expect(serviceDefinitionOf(new Bound())).toBe(ByHand);
});

/** Decorates like a compiler with `experimentalDecorators`. */
function legacy<C extends abstract new (...args: never[]) => object>(
  cls: C,
  methods: Record<string, (target: object, key: string, descriptor: PropertyDescriptor) => void>,
  decorate: (cls: C) => void,
) {
  for (const [key, decorator] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(cls.prototype, key) as PropertyDescriptor;
    decorator(cls.prototype, key, descriptor);
  }
  decorate(cls);
}

test("legacy decorators make the same contract", () => {
  class Old {
    async hello(_: Req): Promise<Res> {
      return { text: "" };
    }
    async *count(_: Req): AsyncGenerator<Res> {
      yield { text: "" };
    }
    async join(_: AsyncIterable<Req>): Promise<Res> {
      return { text: "" };
    }
    async *chat(_: AsyncIterable<Req>): AsyncGenerator<Res> {
      yield { text: "" };
    }
  }
  legacy(
    Old,
    {
      hello: rpc(Req, Res, { timeoutMs: 10_000, idempotent: true }),
      count: serverStream(Req, Res),
      join: clientStream(Req, Res),
      chat: bidiStream(Req, Res),
    },
    service({ name: "Greeter", version: 2 }),
  );
  expect(contractIdOf(Old)).toBe(contractIdOf(ByHand));
});

test("legacy decorators without types bind to a contract", () => {
  const Def = defineService("One", {}, { hello: unary(Req, Res) });
  class Old {
    async hello(_: Req): Promise<Res> {
      return { text: "" };
    }
  }
  legacy(Old, { hello: rpc }, service(Def));
  expect(serviceDefinitionOf(Old)).toBe(Def);
  class Bare {
    async hello(_: Req): Promise<Res> {
      return { text: "" };
    }
  }
  legacy(Bare, { hello: rpc(Req, Res) }, service);
  expect(serviceDefinitionOf(Bare).name).toBe("Bare");
});

const refused = (text: RegExp, make: () => unknown) => {
  expect(make).toThrow(ContractError);
  expect(make).toThrow(text);
};

test("refuses wrong declarations when the class is defined", () => {
  refused(/hello is declared without types/, () => {
    @service
    class NoTypes {
      @rpc hello(_: Req): Res {
        return { text: "" };
      }
    }
    return NoTypes;
  });
  refused(/declares no methods/, () => {
    @service
    class Empty {}
    return Empty;
  });
  refused(/declared with one response.*serverStream\(\)/, () => {
    class Wrong {
      // @ts-expect-error a generator does not return one response
      @rpc(Req, Res) async *hello(_: Req) {
        yield { text: "" };
      }
    }
    return Wrong;
  });
  refused(/make it an async function\*/, () => {
    class Wrong {
      // @ts-expect-error a promise is not a stream
      @serverStream(Req, Res) async hello(_: Req) {
        return { text: "" };
      }
    }
    return Wrong;
  });
  refused(/is a function\*/, () => {
    class Wrong {
      // @ts-expect-error a synchronous generator is not a stream
      @serverStream(Req, Res) *hello(_: Req) {
        yield { text: "" };
      }
    }
    return Wrong;
  });
  refused(/declared twice/, () => {
    class Twice {
      @rpc(Req, Res)
      @rpc(Req, Res)
      hello(_: Req): Res {
        return { text: "" };
      }
    }
    return Twice;
  });
  refused(/static|public instance/, () => {
    class Static {
      readonly field = 1;
      @rpc(Req, Res) static hello(_: Req): Res {
        return { text: "" };
      }
    }
    return Static;
  });
  refused(/public instance/, () => {
    class Hidden {
      @rpc(Req, Res) #hello(_: Req): Res {
        return { text: "" };
      }
      call(): Res {
        return this.#hello({ name: "" });
      }
    }
    return Hidden;
  });
  refused(/constructor takes no peer/, () => {
    @service({ scoped: "session" })
    class Session {
      @rpc(Req, Res) hello(_: Req): Res {
        return { text: "" };
      }
    }
    return Session;
  });
  refused(/is a function\*|async function but/, () => {
    class Base {
      @serverStream(Req, Res) async *hello(_: Req): AsyncGenerator<Res> {
        yield { text: "" };
      }
    }
    @service
    class Derived extends Base {
      // @ts-expect-error the override is not a stream
      override async hello(_: Req) {
        return { text: "" };
      }
    }
    return Derived;
  });
});

test("refuses a bound class that differs from its contract", () => {
  const Def = defineService("Bound", {}, { hello: unary(Req, Res), count: serverStream(Req, Res) });
  refused(/method count is missing/, () => {
    // @ts-expect-error count is missing
    @service(Def)
    class Missing {
      @rpc hello(_: Req): Res {
        return { text: "" };
      }
    }
    return Missing;
  });
  refused(/has no method more/, () => {
    @service(Def)
    class More {
      hello(_: Req): Res {
        return { text: "" };
      }
      async *count(_: Req): AsyncGenerator<Res> {
        yield { text: "" };
      }
      @rpc more(_: Req): Res {
        return { text: "" };
      }
    }
    return More;
  });
  refused(/hello is declared differently than in the contract \(unary\)/, () => {
    @service(Def)
    class OtherTypes {
      @rpc(Req, Req) hello(_: Req): Req & Res {
        return { name: "", text: "" };
      }
      async *count(_: Req): AsyncGenerator<Res> {
        yield { text: "" };
      }
    }
    return OtherTypes;
  });
});

test("requires a session class or its parent to take the peer", () => {
  class Base {
    readonly peer: string;
    constructor(peer: string) {
      this.peer = peer;
    }
    @rpc(Req, Res) hello(_: Req): Res {
      return { text: this.peer };
    }
  }
  @service({ scoped: "session" })
  class Session extends Base {}
  expect(serviceDefinitionOf(Session).scoped).toBe("session");
});

test("refuses a value that is not a service", () => {
  for (const value of [class Nothing {}, {}, null, "Greeter", () => 1]) {
    refused(/is not a service/, () => serviceDefinitionOf(value as object));
  }
  refused(/only be applied to methods/, () => (rpc as (a: unknown, b: unknown) => void)({}, "x"));
});
