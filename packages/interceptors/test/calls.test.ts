import {
  type Client,
  createLocalClient,
  currentCall,
  defineService,
  implement,
  RpcError,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { auth, deadline, metrics } from "../src/index.ts";

const Text = wireType("interceptortest/Text", { text: z.string() });
const Echo = defineService(
  "Echo",
  {},
  { say: unary(Text, Text), repeat: serverStream(Text, Text), wait: unary(Text, Text) },
);

let handled = 0;
const echo = implement(Echo, {
  async say({ text }) {
    handled++;
    if (text === "") throw new RpcError(StatusCode.INVALID_ARGUMENT, "say something");
    if (text === "crash") throw new Error("crash");
    return { text };
  },
  async *repeat({ text }) {
    handled++;
    for (;;) yield { text };
  },
  async wait() {
    await new Promise((resolve) => currentCall()?.signal.addEventListener("abort", resolve));
    return { text: "too late" };
  },
});

let servers: Server[];
beforeEach(() => {
  servers = [];
  handled = 0;
});
afterEach(() => {
  for (const server of servers) server.close();
});

function client(at: { server?: Interceptor[]; client?: Interceptor[] }): Client<typeof Echo> {
  const server = new Server({
    services: [echo],
    interceptors: at.server ?? [],
    onError: () => {},
  });
  servers.push(server);
  return createLocalClient(Echo, server, { interceptors: at.client ?? [] });
}

test("deadline: ends a call without a deadline, and keeps the deadline of another", async () => {
  const calls = client({ client: [deadline({ timeoutMs: 30 })] });
  await expect(calls.wait({ text: "" })).rejects.toMatchObject({
    code: StatusCode.DEADLINE_EXCEEDED,
  });
  expect(await calls.say({ text: "quick" })).toEqual({ text: "quick" });
  const startedAt = performance.now();
  await expect(calls.wait({ text: "" }, { timeoutMs: 120 })).rejects.toMatchObject({
    code: StatusCode.DEADLINE_EXCEEDED,
  });
  expect(performance.now() - startedAt).toBeGreaterThan(100);
});

test.each(["client", "server"] as const)("metrics: counts calls on a %s", async (side) => {
  const counted = metrics();
  const calls = client({ [side]: [counted] });
  await calls.say({ text: "a" });
  await expect(calls.say({ text: "" })).rejects.toThrow("say something");
  await expect(calls.say({ text: "crash" })).rejects.toMatchObject({ code: StatusCode.UNKNOWN });
  let heard = 0;
  for await (const _ of calls.repeat({ text: "b" })) if (++heard === 5) break;
  await expect
    .poll(() => counted.snapshot())
    .toMatchObject([
      {
        method: "say",
        started: 3,
        inFlight: 0,
        ended: { OK: 1, INVALID_ARGUMENT: 1, UNKNOWN: 1 },
      },
      { method: "repeat", started: 1, inFlight: 0, ended: { CANCELLED: 1 } },
    ]);
});

describe("auth", () => {
  const validate = auth({ validate: (token) => token === "good" });

  test("accepts a good token, for every pattern", async () => {
    const calls = client({ client: [auth({ token: "good" })], server: [validate] });
    expect(await calls.say({ text: "a" })).toEqual({ text: "a" });
    for await (const { text } of calls.repeat({ text: "b" })) {
      expect(text).toBe("b");
      break;
    }
  });

  test.each([
    ["a bad token", [auth({ token: "bad" })]],
    ["no token", []],
  ])("refuses %s before the handler, for every pattern", async (_what, interceptors) => {
    const calls = client({ client: interceptors, server: [validate] });
    const refused = { code: StatusCode.UNAUTHENTICATED, rawMessage: "authentication failed" };
    await expect(calls.say({ text: "a" })).rejects.toMatchObject(refused);
    const read = async (): Promise<void> => {
      for await (const _ of calls.repeat({ text: "b" }));
    };
    await expect(read()).rejects.toMatchObject(refused);
    expect(handled).toBe(0);
  });

  test("does not send the error of the check to the client", async () => {
    const broken = auth({
      validate: () => {
        throw new Error("database password is hunter-two");
      },
    });
    const calls = client({ client: [auth({ token: "good" })], server: [broken] });
    const error = await calls.say({ text: "a" }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: StatusCode.UNAUTHENTICATED, details: {} });
    expect(String(error)).not.toContain("hunter-two");
  });
});
