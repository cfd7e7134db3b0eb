import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  AsterServer,
  type CallContext,
  contextValue,
  defineService,
  implement,
  type NeedsContext,
  rpc,
  type ServiceImplementation,
  serverStream,
  service,
  unary,
  wireType,
} from "../../src/index.ts";
import { addContext, type ContextInterceptor, type Interceptor } from "../../src/interceptor.ts";

interface User {
  readonly name: string;
}

const Text = wireType("context-types/Text", { text: z.string() });
type Text = z.output<typeof Text>;
const Def = defineService("Typed", {}, { one: unary(Text, Text), many: serverStream(Text, Text) });
const identify = addContext({ user: async (): Promise<User> => ({ name: "Ada" }) });
const numbered = addContext({ turn: (call) => call.attempt, tenant: () => "t" });
const pass: Interceptor = (call, next) => next(call);

test("addContext infers the values that it adds", () => {
  expectTypeOf(identify).toEqualTypeOf<ContextInterceptor<{ readonly user: User }>>();
  expectTypeOf(numbered).toExtend<Interceptor>();
  // @ts-expect-error a value comes from a function
  addContext({ user: "Ada" });
});

test("handlers find the values of the interceptors of their implementation", () => {
  implement(
    Def,
    {
      one(text, context) {
        expectTypeOf(context.user).toEqualTypeOf<User>();
        expectTypeOf(context.turn).toEqualTypeOf<number>();
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
        // @ts-expect-error no interceptor adds it
        context.other;
        return text;
      },
      async *many(text, { tenant }) {
        expectTypeOf(tenant).toEqualTypeOf<string>();
        yield text;
      },
    },
    { interceptors: [pass, identify, numbered] },
  );
});

test("handlers find the values of the interceptors of their method only", () => {
  implement(
    Def,
    {
      one(text, context) {
        expectTypeOf(context.user.name).toEqualTypeOf<string>();
        return text;
      },
      async *many(text, context) {
        // @ts-expect-error the interceptor belongs to another method
        context.user;
        yield text;
      },
    },
    { methods: { one: { interceptors: [identify] } } },
  );
  implement(
    Def,
    { one: (text) => text, async *many() {} },
    // @ts-expect-error the service has no such method
    { methods: { two: { interceptors: [identify] } } },
  );
});

test("without options the context has the usual members", () => {
  const served = implement(Def, {
    one(text, context) {
      expectTypeOf(context).toExtend<CallContext>();
      // @ts-expect-error no interceptor adds it
      context.user;
      return text;
    },
    async *many() {},
  });
  expectTypeOf(served).toExtend<ServiceImplementation>();
});

test("handlers of sessions find them", () => {
  const Session = defineService("TypedSession", { scoped: "session" }, { one: unary(Text, Text) });
  implement(
    Session,
    (_peer) => ({
      one: (_text, context) => {
        expectTypeOf(context.user).toEqualTypeOf<User>();
        return { text: context.user.name };
      },
    }),
    { interceptors: [identify] },
  );
});

const needing = implement(
  Def,
  { one: (_text, { user }) => ({ text: user.name }), async *many() {} },
  { needs: { user: contextValue<User>() } },
);

test("a server without the values that a service needs is a compile error", () => {
  const never = async () => {
    await AsterServer.start({ services: [needing], interceptors: [pass, identify] });
    // @ts-expect-error no interceptor adds "user"
    await AsterServer.start({ services: [needing], interceptors: [pass] });
    // @ts-expect-error no interceptor adds "user"
    await AsterServer.start({ services: [needing] });
    const other = addContext({ user: () => 1 });
    // @ts-expect-error the value has another type
    await AsterServer.start({ services: [needing], interceptors: [other] });
  };
  expectTypeOf(never).not.toBeAny();
});

test("methods of decorated classes use the values of their interceptors", () => {
  @service({ interceptors: [identify] })
  class Right {
    @rpc(Text, Text)
    async one(_text: Text, { user }: CallContext & { user: User }): Promise<Text> {
      return { text: user.name };
    }

    @serverStream(Text, Text)
    async *many(text: Text): AsyncGenerator<Text> {
      yield text;
    }
  }
  expectTypeOf<Right>().not.toBeAny();

  @service("Named", { needs: { user: contextValue<User>() } })
  class Named {
    @rpc(Text, Text, { interceptors: [identify] })
    async one(_text: Text, { user }: CallContext & { user: User }): Promise<Text> {
      return { text: user.name };
    }
  }
  expectTypeOf<Named>().not.toBeAny();

  @service(Def, { interceptors: [identify] })
  class Bound {
    one(_text: Text, { user }: CallContext & { user: User }): Text {
      return { text: user.name };
    }

    async *many(text: Text): AsyncGenerator<Text> {
      yield text;
    }
  }
  expectTypeOf<Bound>().not.toBeAny();

  // @ts-expect-error no interceptor of the class adds the value
  @service("Wrong")
  class Wrong {
    @rpc(Text, Text)
    async one(_text: Text, { user }: CallContext & { user: User }): Promise<Text> {
      return { text: user.name };
    }
  }
  expectTypeOf<Wrong>().not.toBeAny();

  // @ts-expect-error the value has another type
  @service("WrongType", { interceptors: [identify] })
  class WrongType {
    @rpc(Text, Text)
    async one(_text: Text, { user }: CallContext & { user: number }): Promise<Text> {
      return { text: String(user) };
    }
  }
  expectTypeOf<WrongType>().not.toBeAny();
});

test("a server checks the values that classes need", () => {
  @service("Needing", { needs: { user: contextValue<User>() } })
  class Needing {
    @rpc(Text, Text)
    async one(_text: Text, { user }: NeedsContext<{ user: User }>): Promise<Text> {
      return { text: user.name };
    }
  }
  const never = async () => {
    await AsterServer.start({ services: [new Needing()], interceptors: [identify] });
    // @ts-expect-error no interceptor adds "user"
    await AsterServer.start({ services: [new Needing()], interceptors: [pass] });
  };
  expectTypeOf(never).not.toBeAny();
});
