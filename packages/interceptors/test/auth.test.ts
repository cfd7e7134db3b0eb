import { type CallMetadata, type InterceptedCall, Metadata, type MetadataInit } from "@aster/rpc";
import { describe, expect, test } from "vitest";
import { authInterceptor } from "../src/auth.ts";
import { fakeCall } from "./fake-call.ts";

describe("on a client", () => {
  async function sent(options: Parameters<typeof authInterceptor>[0], call = fakeCall()) {
    let metadata: CallMetadata | undefined;
    await authInterceptor(options)(call, async (passed) => {
      metadata = passed.metadata;
    });
    return [...(metadata ?? [])];
  }

  test("the token is added to what the call brings", async () => {
    const call = fakeCall({ metadata: Metadata.from({ trace: "1" }) });
    expect(await sent({ token: "t" }, call)).toEqual([
      ["trace", "1"],
      ["authorization", "Bearer t"],
    ]);
    expect([...call.metadata]).toEqual([["trace", "1"]]);
  });

  test("a token is fetched for each call", async () => {
    let turn = 0;
    const token = async (): Promise<string> => `t${++turn}`;
    expect(await sent({ token })).toEqual([["authorization", "Bearer t1"]]);
    expect(turn).toBe(1);
    expect(await sent({ token })).toEqual([["authorization", "Bearer t2"]]);
  });

  test("a call's own authorization stays", async () => {
    const call = fakeCall({ metadata: Metadata.from({ authorization: "Basic x" }) });
    expect(await sent({ token: "t" }, call)).toEqual([["authorization", "Basic x"]]);
  });

  test("options for a server add nothing", async () => {
    expect(await sent({ validate: () => true })).toEqual([]);
  });
});

describe("on a server", () => {
  const bearer = { authorization: "Bearer good" };
  const isGood = (token: string): boolean => token === "good";

  async function answer(
    metadata: MetadataInit,
    options: Parameters<typeof authInterceptor>[0] = { validate: isGood },
  ): Promise<unknown> {
    const call = fakeCall({ side: "server", metadata: Metadata.from(metadata) });
    let handled = false;
    try {
      return await authInterceptor(options)(call, async () => {
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

  test("a good token lets the call through, whatever the case of the scheme", async () => {
    expect(await answer(bearer)).toBe("answer");
    expect(await answer({ authorization: "bearer good" })).toBe("answer");
    expect(await answer(bearer, { validate: async (token) => isGood(token) })).toBe("answer");
  });

  test("the check sees the call", async () => {
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
  ])("%s is refused in the same words", async (_what, metadata) => {
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
    ["answers no truth value", () => "yes" as never],
  ])("a check that %s has said no", async (_what, validate) => {
    expect(await answer(bearer, { validate })).toEqual(refused);
  });

  test("without a check nobody comes in", async () => {
    expect(await answer(bearer, { token: "good" })).toEqual(refused);
    expect(await answer(bearer, {})).toEqual(refused);
  });
});
