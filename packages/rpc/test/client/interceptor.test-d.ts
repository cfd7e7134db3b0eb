import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import type {
  ClientOptions,
  LocalClientOptions,
  ServiceClientOptions,
  SessionOptions,
} from "../../src/client.ts";
import {
  AsterClient,
  type AsterClientOptions,
  AsterServer,
  type AsterServerOptions,
  defineService,
  implement,
  Metadata,
  unary,
  wireType,
} from "../../src/index.ts";
import type { Interceptor } from "../../src/interceptor.ts";
import type { ServerOptions } from "../../src/server.ts";

const Text = wireType("interceptor-types/Text", { text: z.string() });
const pass: Interceptor = (call, next) => next(call);

test("an interceptor passes on metadata of its own or added to the call's", () => {
  const own: Interceptor = (call, next) =>
    next({ ...call, metadata: Metadata.from({ key: "value" }) });
  const added: Interceptor = (call, next) =>
    next({ ...call, metadata: call.metadata.with("key", "value") });
  const trailer: Interceptor = (call, next) =>
    next({
      ...call,
      onTrailer(received) {
        expectTypeOf(received.getAll("key")).toEqualTypeOf<string[]>();
        call.onTrailer?.(received);
      },
    });
  expectTypeOf([own, added, trailer]).toEqualTypeOf<Interceptor[]>();
});

test("options of clients and servers take interceptors and nothing else", () => {
  type Options =
    | AsterClientOptions
    | AsterServerOptions
    | ClientOptions
    | LocalClientOptions
    | ServerOptions
    | ServiceClientOptions
    | SessionOptions;
  expectTypeOf<Options["interceptors"]>().toEqualTypeOf<readonly Interceptor[] | undefined>();
});

test("a wrong interceptor is a compile error where it is given", () => {
  const Def = defineService(
    "Typed",
    { interceptors: [pass] },
    { one: unary(Text, Text, { interceptors: [(call, next) => next(call)] }) },
  );
  const services = [implement(Def, { one: (text) => text })];
  const never = async () => {
    await AsterServer.start({ services, interceptors: [pass, (call, next) => next(call)] });
    // @ts-expect-error a string is not an interceptor
    await AsterServer.start({ services, interceptors: ["auth"] });
    const client = await AsterClient.connect("aster1", { interceptors: [pass] });
    // @ts-expect-error an interceptor returns a promise
    await AsterClient.connect("aster1", { interceptors: [() => 1] });
    client.client(Def, { interceptors: [pass] });
    // @ts-expect-error an object is not an interceptor
    client.client(Def, { interceptors: [{ intercept: pass }] });
  };
  expectTypeOf(never).not.toBeAny();
});
