import { AsterServer, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Counter } from "../src/counter.ts";
import { type ClosedCounter, counterSession } from "../src/counter-session.ts";
import { testkitHandlers } from "../src/handlers.ts";
import { pythonWithWheel } from "../src/process/python.ts";
import { Testkit } from "../src/service.ts";
import { WheelClient } from "./support/wheel-client.ts";
import type { WheelSessionWay } from "./support/wheel-session.ts";

const python = await pythonWithWheel();
const typed: readonly WheelSessionWay[] = ["typed", "json"];
const ways: readonly WheelSessionWay[] = [...typed, "proxy"];

describe.skipIf("missing" in python)("the wheel opens sessions with our server", () => {
  let server: AsterServer;
  let wheel: WheelClient;
  const closed: ClosedCounter[] = [];

  beforeAll(async () => {
    if ("missing" in python) return;
    server = await AsterServer.start({
      services: [
        // the driver's proxy is Testkit's, whatever it is told to call
        implement(
          Testkit,
          testkitHandlers(() => {}),
        ),
        implement(Counter, (peer) => counterSession(peer, (session) => closed.push(session))),
      ],
      gate: openGate(),
      network: "none",
    });
    wheel = await WheelClient.start(python.path);
    await wheel.connect("us", server.address);
  });

  afterAll(async () => {
    await wheel?.[Symbol.asyncDispose]();
    await server?.close();
  });

  beforeEach(async () => {
    await expect.poll(() => server.stats().sessions).toBe(0);
    closed.length = 0;
  });

  it.each(ways)("%s: keeps a state, and closes once", async (via) => {
    const session = await wheel.openSession("us", via);
    expect((await session.call("add", [{ n: 2 }])).replies).toMatchObject([{ total: 2 }]);
    expect((await session.call("add", [{ n: -5 }])).replies).toMatchObject([{ total: -3 }]);
    const { replies, error } = await session.call("total", [{}]);
    expect(error).toBeNull();
    expect(replies).toEqual([{ total: -3, peer: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    await session.close();
    await expect.poll(() => closed).toEqual([{ peer: replies[0]?.peer, total: -3 }]);
    await expect.poll(() => server.stats().sessions).toBe(0);
    expect(closed).toHaveLength(1);
  });

  it.each(typed)("%s: streams both ways", async (via) => {
    const session = await wheel.openSession("us", via);
    const totals = async (method: string, requests: readonly unknown[]) => {
      const { replies, error } = await session.call(method, requests);
      expect(error).toBeNull();
      return replies.map(({ total }) => total);
    };
    expect(await totals("history", [{}])).toEqual([]);
    expect(await totals("add_all", [{ n: 1 }, { n: 2 }, { n: 3 }])).toEqual([6]);
    expect(await totals("add_all", [])).toEqual([6]);
    expect(await totals("history", [{}])).toEqual([1, 3, 6]);
    const many = Array.from({ length: 2_000 }, () => ({ n: 1 }));
    expect(await totals("add_all", many)).toEqual([2_006]);
    expect(await totals("history", [{}])).toHaveLength(2_003);
    await session.close();
  });

  it.each(ways)("%s: sessions do not see each other", async (via) => {
    const [one, other] = [await wheel.openSession("us", via), await wheel.openSession("us", via)];
    await Promise.all([one.call("add", [{ n: 1 }]), other.call("add", [{ n: 10 }])]);
    expect((await one.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 2 }]);
    expect((await other.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 11 }]);
    await one.close();
    await expect.poll(() => closed.map(({ total }) => total)).toEqual([2]);
    expect((await other.call("total", [{}])).replies).toMatchObject([{ total: 11 }]);
    await other.close();
    await expect.poll(() => closed.map(({ total }) => total)).toEqual([2, 11]);
  });

  it.each(ways)("%s: a failure leaves state and session", async (via) => {
    const session = await wheel.openSession("us", via);
    await session.call("add", [{ n: 4 }]);
    const { replies, error } = await session.call("boom", [{ n: 1 }]);
    expect(replies).toEqual([]);
    // the wheel reads no details of statuses in sessions
    expect(error).toMatchObject({ type: "RpcError", code: StatusCode.ABORTED, message: "boom" });
    expect((await session.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 5 }]);
    await session.close();
  });

  it.each(typed)("%s: a call that is given up leaves the session", async (via) => {
    const session = await wheel.openSession("us", via);
    await session.giveUp([{ n: 1 }, { n: 2 }]);
    expect((await session.call("add", [{ n: 0 }])).replies).toMatchObject([{ total: 3 }]);
    await session.giveUp([]);
    expect((await session.call("total", [{}])).replies).toMatchObject([{ total: 3 }]);
    await session.close();
    await expect.poll(() => closed).toMatchObject([{ total: 3 }]);
  });

  it.each(typed)("%s: calls made at once are made one after the other", async (via) => {
    const session = await wheel.openSession("us", via);
    const calls = Array.from({ length: 100 }, () => session.call("add", [{ n: 1 }]));
    const totals = (await Promise.all(calls)).map(({ replies }) => replies[0]?.total ?? 0);
    expect(totals.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    await session.close();
  });

  it("a call carries metadata as far as the bounds allow; beyond them it ends the session", async () => {
    const session = await wheel.openSession("us", "typed");
    expect((await session.call("add", [{ n: 1 }], { a: "ü" })).error).toBeNull();
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`key${n}`, ""]));
    const { error } = await session.call("add", [{ n: 1 }], many);
    expect(error?.code).toBe(StatusCode.RESOURCE_EXHAUSTED);
    await expect.poll(() => closed).toMatchObject([{ total: 1 }]);
  });

  it("a method that is not there ends the session", async () => {
    const session = await wheel.openSession("us", "proxy");
    await session.call("add", [{ n: 1 }]);
    const { error } = await session.call("nope", [{}]);
    expect(error).toMatchObject({
      code: StatusCode.UNIMPLEMENTED,
      message: "Method not found: nope",
    });
    await expect.poll(() => closed).toMatchObject([{ total: 1 }]);
  });

  it("a request with a field that is not there leaves the session", async () => {
    const session = await wheel.openSession("us", "proxy");
    const { error } = await session.call("add", [{ bogus: 1 }]);
    expect(error?.message).toContain("bogus");
    expect((await session.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 1 }]);
    await session.close();
  });

  it("is told to open a session when it calls without one", async () => {
    const call = { via: "proxy", service: "Counter", method: "add", pattern: "unary" } as const;
    const { error } = await wheel.call("us", { ...call, requests: [{ n: 1 }] });
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      message:
        "'Counter' is session-scoped: open a session stream (method='') instead of calling method 'add' directly",
    });
  });

  it("closes all its sessions when it goes", async () => {
    await wheel.connect("other", server.address);
    const sessions = await Promise.all(ways.map((via) => wheel.openSession("other", via)));
    for (const session of sessions) await session.call("add", [{ n: 7 }]);
    await wheel.close("other");
    await expect
      .poll(() => closed.map(({ total }) => total), { timeout: 8_000 })
      .toEqual([7, 7, 7]);
    await expect
      .poll(() => server.stats(), { timeout: 8_000 })
      .toMatchObject({ sessions: 0, calls: 0 });
  });
});
