// Values that interceptors add to the context of handlers.
import {
  type CallContext,
  contextValue,
  defineService,
  implement,
  type NeedsContext,
  RpcError,
  rpc,
  StatusCode,
  service,
  unary,
} from "@aster/rpc";
import { addContext, type ContextInterceptor, type Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { answering, callFour, fourInSession, fourWith, PATTERNS } from "../support/four.ts";
import { pairs } from "../support/pairs.ts";
import { Text } from "../support/probe.ts";

interface User {
  readonly name: string;
}

const identify = addContext({
  user: async ({ metadata }): Promise<User> => ({ name: metadata.get("user") ?? "unknown" }),
});

const Four = fourWith();
const FourInSession = fourInSession();
const named = answering<CallContext & { user: User }>((_, { user }) => user.name);

describe.each(pairs)("$name", (pair) => {
  test("handlers of every pattern and of sessions find the values of their own call", async () => {
    const options = { interceptors: [identify] };
    const services = [
      implement(Four, named, options),
      implement(FourInSession, () => named, options),
    ];
    await using opened = await pair.open({ services });
    const client = opened.client(Four);
    await using session = await opened.session(FourInSession);
    for (const caller of [client, session]) {
      const answers = PATTERNS.map((pattern) =>
        callFour(caller, pattern, { metadata: { user: `user of ${pattern}` } }),
      );
      expect(await Promise.all(answers)).toEqual(PATTERNS.map((pattern) => `user of ${pattern}`));
    }
  });

  test("those of the server reach the services that need them", async () => {
    const options = { needs: { user: contextValue<User>() } };
    const services = [
      implement(Four, named, options),
      implement(FourInSession, () => named, options),
    ];
    await using opened = await pair.open({ services, interceptors: [identify] });
    await using session = await opened.session(FourInSession);
    const metadata = { user: "Ada" };
    expect(await callFour(opened.client(Four), "one", { metadata })).toBe("Ada");
    expect(await callFour(session, "chat", { metadata })).toBe("Ada");
  });
});

test("those of a method reach its handler only", async () => {
  const seen: unknown[] = [];
  const handlers = answering<CallContext>((_, context) => {
    seen.push(Reflect.get(context, "user"));
    return "";
  });
  const methods = { one: { interceptors: [identify] } };
  await using pair = await servicePair({ services: [implement(Four, handlers, { methods })] });
  const client = pair.client.client(Four);
  for (const pattern of PATTERNS) await callFour(client, pattern);
  expect(seen).toEqual([{ name: "unknown" }, undefined, undefined, undefined]);
});

test("methods of decorated classes find them", async () => {
  @service("Decorated", { interceptors: [identify], needs: { tenant: contextValue<string>() } })
  class Decorated {
    @rpc(Text, Text)
    async one(_: { text: string }, context: NeedsContext<{ tenant: string }> & { user: User }) {
      return { text: `${context.user.name} of ${context.tenant}` };
    }
  }
  const Contract = defineService("Contract", {}, { one: unary(Text, Text) });
  @service(Contract, { interceptors: [identify] })
  class Bound {
    one(_: { text: string }, { user }: CallContext & { user: User }) {
      return { text: user.name };
    }
  }
  @service("Sessions", { scoped: "session", interceptors: [identify] })
  class Sessions {
    readonly #peer: string;

    constructor(peer: string) {
      this.#peer = peer;
    }

    @rpc(Text, Text)
    async one(_: { text: string }, { user }: CallContext & { user: User }) {
      return { text: `${user.name} at ${this.#peer.length}` };
    }
  }
  await using pair = await servicePair({
    services: [new Decorated(), new Bound(), Sessions],
    interceptors: [addContext({ tenant: () => "Acme" })],
  });
  const options = { metadata: { user: "Ada" } };
  expect(await pair.client.client(Decorated).one({ text: "" }, options)).toEqual({
    text: "Ada of Acme",
  });
  expect(await pair.client.client(Contract).one({}, options)).toEqual({ text: "Ada" });
  await using session = await pair.client.session(Sessions);
  expect(await session.one({ text: "" }, options)).toEqual({ text: "Ada at 64" });
});

test("inner interceptors see the values of outer ones and add to them", async () => {
  const outer = addContext({ user: () => ({ name: "Ada" }), turn: ({ attempt }) => attempt });
  const inner = addContext({
    greeting: ({ values }) => `Hello, ${(values as { user: User }).user.name}`,
  });
  const shown = answering<CallContext & { greeting: string; turn: number }>(
    (_, { greeting, turn }) => `${greeting} ${turn}`,
  );
  const interceptors = [outer, inner] as const;
  await using pair = await servicePair({ services: [implement(Four, shown, { interceptors })] });
  expect(await callFour(pair.client.client(Four), "one")).toBe("Hello, Ada 1");
});

test("a repeated call replaces the values of the first attempt", async () => {
  let turn = 0;
  const repeat: Interceptor = (call, next) => next(call).catch(() => next(call));
  const counted = addContext({ turn: () => ++turn });
  const handlers = answering<CallContext & { turn: number }>((_, context) => {
    if (context.turn === 1) throw new RpcError(StatusCode.ABORTED, "again");
    return String(context.turn);
  });
  const services = [implement(Four, handlers, { interceptors: [repeat, counted] })];
  await using pair = await servicePair({ services });
  expect(await callFour(pair.client.client(Four), "one")).toBe("2");
});

test("a value that cannot be found ends the call before the handler", async () => {
  let handled = 0;
  const refusing = addContext({
    user: () => Promise.reject(new RpcError(StatusCode.UNAUTHENTICATED, "unknown user")),
  });
  const handlers = answering(() => String(++handled));
  const services = [implement(Four, handlers, { interceptors: [refusing] })];
  await using pair = await servicePair({ services });
  const client = pair.client.client(Four);
  for (const pattern of PATTERNS) {
    await expect(callFour(client, pattern)).rejects.toMatchObject({
      code: StatusCode.UNAUTHENTICATED,
    });
  }
  expect(handled).toBe(0);
});

test("on a client addContext passes the call on", async () => {
  let asked = 0;
  const counted = addContext({ user: () => ++asked });
  await using pair = await servicePair({
    services: [
      implement(
        Four,
        answering(() => "x"),
      ),
    ],
  });
  expect(await callFour(pair.client.client(Four, { interceptors: [counted] }), "one")).toBe("x");
  expect(asked).toBe(0);
});

describe("names", () => {
  const members = async (): Promise<string[]> => {
    const names = new Set<string>();
    const handlers = answering<CallContext>((_, context) => {
      for (let at: object = context; at !== null; at = Object.getPrototypeOf(at)) {
        for (const name of Object.getOwnPropertyNames(at)) names.add(name);
      }
      return "";
    });
    await using pair = await servicePair({ services: [implement(Four, handlers)] });
    await callFour(pair.client.client(Four), "one");
    return [...names];
  };

  test("of members that every context has are refused where they are declared", async () => {
    const names = [...(await members()), "then"];
    expect(names).toContain("deadlineAt");
    for (const name of names) {
      const text = `every context has a member "${name}"; give the value another name`;
      const refused = expect.objectContaining({ message: expect.stringContaining(text) });
      expect(() => addContext({ [name]: () => 1 }), name).toThrow(refused);
      const own: ContextInterceptor = Object.assign(async () => {}, { adds: [name] });
      const services = [
        implement(
          Four,
          answering(() => ""),
        ),
      ];
      expect(() => new Server({ services, interceptors: [own] }), name).toThrow(refused);
    }
  });

  test("that an interceptor does not declare are refused at the call", async () => {
    let cause: unknown;
    const undeclared: Interceptor = (call, next) =>
      next({ ...call, values: { signal: "a value" } });
    const services = [
      implement(
        Four,
        answering(() => ""),
      ),
    ];
    await using pair = await servicePair({
      services,
      interceptors: [undeclared],
      onError: (fault) => {
        cause = fault.cause;
      },
    });
    await expect(callFour(pair.client.client(Four), "one")).rejects.toMatchObject({
      code: StatusCode.UNKNOWN,
    });
    expect(String(cause)).toContain('values.signal: every context has a member "signal"');
  });
});

describe("a server without the values that a service needs does not start", () => {
  const text =
    'needs "user", "tenant" in the context of its handlers, which no interceptor adds; pass one';
  const refused = expect.objectContaining({
    code: StatusCode.INVALID_ARGUMENT,
    message: expect.stringContaining(text),
  });
  const needs = { user: contextValue<User>(), tenant: contextValue<string>() };

  test("with handlers", async () => {
    const services = [implement(Four, named, { needs })];
    const other: Interceptor = (call, next) => next(call);
    expect(() => new Server({ services, interceptors: [other] })).toThrow(refused);
    await expect(servicePair({ services })).rejects.toThrow(refused);
    const interceptors = [identify, addContext({ tenant: () => "" })];
    expect(() => new Server({ services, interceptors })).not.toThrow();
  });

  test("with a class", () => {
    @service("Needing", { needs })
    class Needing {
      @rpc(Text, Text)
      async one(text: { text: string }, _: NeedsContext<{ user: User }>) {
        return text;
      }
    }
    expect(() => new Server({ services: [new Needing()] })).toThrow(refused);
  });
});

test("needs are made by contextValue", () => {
  const needs = { user: "User" } as never;
  expect(() => implement(Four, named, { needs })).toThrow(/needs\.user: it must be contextValue/);
  expect(() => service("Wrong", { needs })(class Wrong {})).toThrow(/needs\.user must be context/);
});
