import { Metadata } from "@aster/rpc";
import type { MetadataInit } from "@aster/rpc/client";
import type { CallMetadata, InterceptedCall } from "@aster/rpc/interceptor";
import { describe, expect, test } from "vitest";
import { auth } from "../src/auth.ts";
import { fakeCall } from "./fake-call.ts";

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
