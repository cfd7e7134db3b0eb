import { contextValue, implement, Metadata, RpcError, StatusCode } from "@aster/rpc";
import type { MetadataInit } from "@aster/rpc/client";
import type { CallMetadata, ContextInterceptor, InterceptedCall } from "@aster/rpc/interceptor";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  answering,
  callFour,
  fourInSession,
  fourWith,
  PATTERNS,
} from "../../rpc/test/support/four.ts";
import { transports } from "../../rpc/test/support/watched-pair.ts";
import { AuthInterceptor, auth } from "../src/auth.ts";
import { fakeCall } from "./fake-call.ts";

const Four = fourWith();
const FourInSession = fourInSession();

describe("on a client", () => {
  async function sent(options: Parameters<typeof auth>[0], call = fakeCall()) {
    let metadata: CallMetadata | undefined;
    await auth(options)(call, async (passed) => {
      metadata = passed.metadata;
    });
    return [...(metadata ?? [])];
  }

  test("adds the token to the metadata of the call", async () => {
    const call = fakeCall({ metadata: Metadata.from({ trace: "1" }) });
    expect(await sent({ token: "t" }, call)).toEqual([
      ["trace", "1"],
      ["authorization", "Bearer t"],
    ]);
    expect([...call.metadata]).toEqual([["trace", "1"]]);
  });

  test("fetches a token for each call", async () => {
    let turn = 0;
    const token = async (): Promise<string> => `t${++turn}`;
    expect(await sent({ token })).toEqual([["authorization", "Bearer t1"]]);
    expect(turn).toBe(1);
    expect(await sent({ token })).toEqual([["authorization", "Bearer t2"]]);
  });

  test("keeps the authorization of the call", async () => {
    const call = fakeCall({ metadata: Metadata.from({ authorization: "Basic x" }) });
    expect(await sent({ token: "t" }, call)).toEqual([["authorization", "Basic x"]]);
  });

  test("keeps a token until it expires", async () => {
    using clock = fakeClock();
    let turn = 0;
    const interceptor = auth({ token: () => ({ token: `t${++turn}`, expiresInMs: 60_000 }) });
    const next = async ({ metadata }: InterceptedCall) => metadata.get("authorization");
    expect(await interceptor(fakeCall(), next)).toBe("Bearer t1");
    await clock.advance(59_999);
    expect(await interceptor(fakeCall(), next)).toBe("Bearer t1");
    await clock.advance(1);
    expect(await interceptor(fakeCall(), next)).toBe("Bearer t2");
  });

  test("asks once for many calls, and again when the first of them fails", async () => {
    using clock = fakeClock();
    let turn = 0;
    let fails = false;
    const interceptor = auth({
      async token() {
        turn += 1;
        await new Promise(setImmediate);
        if (fails) {
          fails = false;
          throw new RpcError(StatusCode.CANCELLED, "the first caller has left");
        }
        return { token: `t${turn}`, expiresInMs: 1_000 };
      },
    });
    const next = async ({ metadata }: InterceptedCall) => metadata.get("authorization");
    const many = () => Promise.allSettled([1, 2, 3].map(() => interceptor(fakeCall(), next)));
    await interceptor(fakeCall(), next);
    await clock.advance(1_000);
    const value = (text: string) => ({ status: "fulfilled", value: text });
    expect(await many()).toEqual([value("Bearer t2"), value("Bearer t2"), value("Bearer t2")]);
    await clock.advance(1_000);
    fails = true;
    expect(await many()).toMatchObject([
      { status: "rejected" },
      { status: "fulfilled" },
      { status: "fulfilled" },
    ]);
  });

  test("drops a kept token that a server refuses", async () => {
    let turn = 0;
    const interceptor = auth({ token: () => ({ token: `t${++turn}`, expiresInMs: 60_000 }) });
    const refusing = () =>
      Promise.reject(new RpcError(StatusCode.UNAUTHENTICATED, "authentication failed"));
    await expect(interceptor(fakeCall(), refusing)).rejects.toMatchObject({ code: 16 });
    const next = async ({ metadata }: InterceptedCall) => metadata.get("authorization");
    expect(await interceptor(fakeCall(), next)).toBe("Bearer t2");
  });

  test.each([
    ["token must be a text", { expiresInMs: 1 }],
    ["expiresInMs must be a positive number", { token: "secret", expiresInMs: 0 }],
  ])("ends the call for a bad result: %s", async (text, result) => {
    const failure = auth({ token: () => result as never })(fakeCall(), async () => {});
    const error = await failure.catch(String);
    expect(error).toContain(text);
    expect(error).not.toContain("secret");
  });

  test("adds nothing without a token", async () => {
    expect(await sent({ validate: () => true })).toEqual([]);
  });
});

describe("on a server", () => {
  const bearer = { authorization: "Bearer good" };
  const isGood = (token: string): boolean => token === "good";

  async function answer(
    metadata: MetadataInit,
    options: Parameters<typeof auth>[0] = { validate: isGood },
  ): Promise<unknown> {
    const call = fakeCall({ side: "server", metadata: Metadata.from(metadata) });
    let handled = false;
    try {
      return await auth(options)(call, async () => {
        handled = true;
        return "answer";
      });
    } catch (error) {
      expect(handled).toBe(false);
      return error;
    }
  }

  const refused = expect.objectContaining({
    code: 16,
    rawMessage: "authentication failed",
    details: {},
  });

  test("accepts a good token, whatever the case of the scheme", async () => {
    expect(await answer(bearer)).toBe("answer");
    expect(await answer({ authorization: "bearer good" })).toBe("answer");
    expect(await answer(bearer, { validate: async (token) => isGood(token) })).toBe("answer");
  });

  test("passes the call to the check", async () => {
    let seen: InterceptedCall | undefined;
    const validate = (_token: string, call: InterceptedCall): boolean => {
      seen = call;
      return true;
    };
    await answer(bearer, { validate });
    expect(seen).toMatchObject({ service: "Echo", method: "say", peer: "ab".repeat(32) });
  });

  test.each<[string, MetadataInit]>([
    ["no token", {}],
    ["a bad token", { authorization: "Bearer bad" }],
    ["another scheme", { authorization: "Basic good" }],
    ["no scheme", { authorization: "good" }],
    ["an empty token", { authorization: "Bearer " }],
    ["more than a token", { authorization: "Bearer good good" }],
    ["another key", { Authorization: "Bearer good" }],
    [
      "two tokens",
      [
        ["authorization", "Bearer bad"],
        ["authorization", "Bearer good"],
      ],
    ],
  ])("refuses %s with the same text", async (_what, metadata) => {
    expect(await answer(metadata)).toEqual(refused);
  });

  test.each<[string, () => boolean | Promise<boolean>]>([
    [
      "throws",
      () => {
        throw new Error("database down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("database down"))],
    ["returns another value than a boolean", () => "yes" as never],
  ])("refuses the call if the check %s", async (_what, validate) => {
    expect(await answer(bearer, { validate })).toEqual(refused);
  });

  test("refuses every call without a check", async () => {
    expect(await answer(bearer, { token: "good" })).toEqual(refused);
    expect(await answer(bearer, {})).toEqual(refused);
  });
});

interface User {
  readonly name: string;
}

describe("an identity", () => {
  const users: Readonly<Record<string, User>> = { a: { name: "Ada" } };
  const validate = async (token: string): Promise<User | undefined> => users[token];
  const server = auth({ validate, as: "user" });

  test.each(transports)("reaches the handlers with its type, over %s", async (transport) => {
    const handlers = answering<{ user: User }>((_, { user }) => user.name);
    const options = { needs: { user: contextValue<User>() } };
    await using pair = await servicePair({
      transport,
      services: [
        implement(Four, handlers, options),
        implement(FourInSession, () => handlers, options),
      ],
      interceptors: [server],
    });
    const interceptors = [auth({ token: "a" })];
    const client = pair.client.client(Four);
    await using session = await pair.client.session(FourInSession);
    for (const caller of [client, session]) {
      for (const pattern of PATTERNS) {
        expect(await callFour(caller, pattern, { interceptors })).toBe("Ada");
        await expect(callFour(caller, pattern)).rejects.toMatchObject({ code: 16 });
        const wrong = { interceptors: [auth({ token: "b" })] };
        await expect(callFour(caller, pattern, wrong)).rejects.toMatchObject({ code: 16 });
      }
    }
  });

  test("has the type that the check returns", () => {
    type Adds = ContextInterceptor<{ readonly user: User }>;
    expectTypeOf(server).toEqualTypeOf<Adds>();
    expectTypeOf(new AuthInterceptor({ validate, as: "user" })).toEqualTypeOf<Adds>();
    implement(
      Four,
      answering<{ user: User }>((_, { user }) => user.name),
      { interceptors: [server] },
    );
    // @ts-expect-error an identity needs a name
    auth({ validate });
  });

  test.each([undefined, null, false])("of %s refuses the call", async (nothing) => {
    const call = fakeCall({
      side: "server",
      metadata: Metadata.from({ authorization: "Bearer a" }),
    });
    const none = auth({ validate: () => nothing as User | undefined, as: "user" });
    await expect(none(call, async () => "answer")).rejects.toMatchObject({ code: 16 });
  });

  test("needs a name", () => {
    expect(() => auth({ validate, as: "" })).toThrow(/option as must be the name of a context/);
  });
});
