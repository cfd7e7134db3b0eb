import { wireType } from "@aster/codec";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type CallContext,
  type CallMetadata,
  defineService,
  type InterceptedCall,
  type Interceptor,
  rpc,
  type ServiceDefinition,
  serverStream,
  service,
  unary,
} from "../src/index.ts";

const Text = wireType("interceptor-types/Text", { text: z.string() });
type Text = z.output<typeof Text>;

const pass: Interceptor = (call, next) => next(call);

test("an interceptor sees the call and passes on a changed one", () => {
  const sign: Interceptor = (call, next) => {
    expectTypeOf(call).toEqualTypeOf<InterceptedCall>();
    expectTypeOf(call.context).toEqualTypeOf<CallContext | undefined>();
    expectTypeOf(call.metadata.with("key", "value")).toEqualTypeOf<CallMetadata>();
    return next({ ...call, metadata: call.metadata.with("key", "value"), deadlineAt: 1 });
  };
  expectTypeOf(sign).returns.toEqualTypeOf<Promise<unknown>>();
  const wrong: Interceptor = (call, next) => {
    // @ts-expect-error an array is not metadata
    return next({ ...call, metadata: [] });
  };
  expectTypeOf(wrong).not.toBeAny();
});

test("a definition without decorators takes interceptors and nothing else", () => {
  const Def = defineService(
    "Ordered",
    { interceptors: [pass, (call, next) => next({ ...call, request: call.service })] },
    {
      one: unary(Text, Text, { interceptors: [pass] }),
      many: serverStream(Text, Text, { interceptors: [async (call, next) => next(call)] }),
    },
  );
  expectTypeOf(Def).toExtend<ServiceDefinition>();
  expectTypeOf(Def.interceptors).toEqualTypeOf<readonly Interceptor[]>();
  expectTypeOf(Def.methods.one.interceptors).toEqualTypeOf<readonly Interceptor[]>();

  // @ts-expect-error a string is not an interceptor
  defineService("Wrong", { interceptors: ["auth"] }, { one: unary(Text, Text) });
  // @ts-expect-error an interceptor returns a promise
  defineService("Wrong", { interceptors: [() => 1] }, { one: unary(Text, Text) });
  // @ts-expect-error an interceptor is called with a call
  defineService("Wrong", { interceptors: [async (_: Text) => 1] }, { one: unary(Text, Text) });
  // @ts-expect-error interceptors are a list
  defineService("Wrong", { interceptors: pass }, { one: unary(Text, Text) });
  // @ts-expect-error an object is not an interceptor
  unary(Text, Text, { interceptors: [{ intercept: pass }] });
  // @ts-expect-error an interceptor returns a promise
  serverStream(Text, Text, { interceptors: [(call: InterceptedCall) => call] });
});

test("decorators take interceptors and nothing else", () => {
  @service({ interceptors: [pass] })
  class Right {
    @rpc(Text, Text, { interceptors: [pass, (call, next) => next(call)] })
    async one(text: Text): Promise<Text> {
      return text;
    }
  }
  expectTypeOf<Right>().not.toBeAny();

  // @ts-expect-error a string is not an interceptor
  @service({ interceptors: ["auth"] })
  class Wrong {
    // @ts-expect-error an interceptor returns a promise
    @rpc(Text, Text, { interceptors: [() => 1] })
    async one(text: Text): Promise<Text> {
      return text;
    }
  }
  expectTypeOf<Wrong>().not.toBeAny();

  // @ts-expect-error an object is not an interceptor
  @service("Named", { interceptors: [{ intercept: pass }] })
  class Named {}
  expectTypeOf<Named>().not.toBeAny();
});
