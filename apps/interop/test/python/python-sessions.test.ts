import { AsterServer, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { pythonWithAster } from "@aster-apps/conformance/python";
import {
  type ClosedCounter,
  Counter,
  counterHandlers,
  Testkit,
  testkitHandlers,
} from "@aster-apps/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PythonClient } from "./support/python-client.ts";
import type { PythonSessionKind } from "./support/python-session.ts";

const environment = await pythonWithAster();
const typed: readonly PythonSessionKind[] = ["typed", "json"];
const ways: readonly PythonSessionKind[] = [...typed, "proxy"];

describe.skipIf("missing" in environment)("Python sessions with a TypeScript server", () => {
  let server: AsterServer;
  let python: PythonClient;
  const closed: ClosedCounter[] = [];
  /** The requests of `add_all` calls that the handler has added. */
  let added = 0;

  async function* counted<T>(requests: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const request of requests) {
      yield request;
      added += 1;
    }
  }

  beforeAll(async () => {
    if ("missing" in environment) return;
    server = await AsterServer.start({
      services: [
        // the proxy of drive.py connects to Testkit even when it calls another service
        implement(
          Testkit,
          testkitHandlers(() => {}),
        ),
        implement(Counter, (peer) => {
          const handlers = counterHandlers(peer, (session) => closed.push(session));
          return {
            ...handlers,
            add_all: (requests, context) => handlers.add_all(counted(requests), context),
          };
        }),
      ],
      gate: openGate(),
      network: "none",
    });
    python = await PythonClient.start(environment.path);
    await python.connect("server", server.address);
  });

  afterAll(async () => {
    await python?.[Symbol.asyncDispose]();
    await server?.close();
  });

  beforeEach(async () => {
    await expect.poll(() => server.stats().sessions).toBe(0);
    closed.length = 0;
    added = 0;
  });

  it.each(ways)("%s: keeps the state and closes once", async (via) => {
    const session = await python.openSession("server", via);
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
    const session = await python.openSession("server", via);
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

  it.each(ways)("%s: separates sessions", async (via) => {
    const [one, other] = [
      await python.openSession("server", via),
      await python.openSession("server", via),
    ];
    await Promise.all([one.call("add", [{ n: 1 }]), other.call("add", [{ n: 10 }])]);
    expect((await one.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 2 }]);
    expect((await other.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 11 }]);
    await one.close();
    await expect.poll(() => closed.map(({ total }) => total)).toEqual([2]);
    expect((await other.call("total", [{}])).replies).toMatchObject([{ total: 11 }]);
    await other.close();
    await expect.poll(() => closed.map(({ total }) => total)).toEqual([2, 11]);
  });

  it.each(ways)("%s: keeps state and session after a failure", async (via) => {
    const session = await python.openSession("server", via);
    await session.call("add", [{ n: 4 }]);
    const { replies, error } = await session.call("boom", [{ n: 1 }]);
    expect(replies).toEqual([]);
    // in sessions the Python client reads no details
    expect(error).toMatchObject({ type: "RpcError", code: StatusCode.ABORTED, message: "boom" });
    expect((await session.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 5 }]);
    await session.close();
  });

  it.each(typed)("%s: keeps the session after a cancelled call", async (via) => {
    const session = await python.openSession("server", via);
    await session.beginCall([{ n: 1 }, { n: 2 }]);
    // a cancellation drops the requests that the handler has not read yet
    await expect.poll(() => added).toBe(2);
    await session.cancelCall();
    expect((await session.call("add", [{ n: 0 }])).replies).toMatchObject([{ total: 3 }]);
    await session.beginCall([]);
    await session.cancelCall();
    expect((await session.call("total", [{}])).replies).toMatchObject([{ total: 3 }]);
    await session.close();
    await expect.poll(() => closed).toMatchObject([{ total: 3 }]);
  });

  it.each(typed)("%s: runs concurrent calls one after the other", async (via) => {
    const session = await python.openSession("server", via);
    const calls = Array.from({ length: 100 }, () => session.call("add", [{ n: 1 }]));
    const totals = (await Promise.all(calls)).map(({ replies }) => replies[0]?.total ?? 0);
    expect(totals.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    await session.close();
  });

  it("ends the session when metadata exceed the limits", async () => {
    const session = await python.openSession("server", "typed");
    expect((await session.call("add", [{ n: 1 }], { a: "ü" })).error).toBeNull();
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`key${n}`, ""]));
    const { error } = await session.call("add", [{ n: 1 }], many);
    expect(error?.code).toBe(StatusCode.RESOURCE_EXHAUSTED);
    await expect.poll(() => closed).toMatchObject([{ total: 1 }]);
  });

  it("ends the session after a call of an unknown method", async () => {
    const session = await python.openSession("server", "proxy");
    await session.call("add", [{ n: 1 }]);
    const { error } = await session.call("nope", [{}]);
    expect(error).toMatchObject({
      code: StatusCode.UNIMPLEMENTED,
      message: "Method not found: nope",
    });
    await expect.poll(() => closed).toMatchObject([{ total: 1 }]);
  });

  it("keeps the session after a request with an unknown field", async () => {
    const session = await python.openSession("server", "proxy");
    const { error } = await session.call("add", [{ bogus: 1 }]);
    expect(error?.message).toContain("bogus");
    expect((await session.call("add", [{ n: 1 }])).replies).toMatchObject([{ total: 1 }]);
    await session.close();
  });

  it("refuses a call without a session", async () => {
    const call = { via: "proxy", service: "Counter", method: "add", pattern: "unary" } as const;
    const { error } = await python.call("server", { ...call, requests: [{ n: 1 }] });
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      message:
        "'Counter' is session-scoped: open a session stream (method='') instead of calling method 'add' directly",
    });
  });

  it("closes all sessions when the client closes", async () => {
    await python.connect("other", server.address);
    const sessions = await Promise.all(ways.map((via) => python.openSession("other", via)));
    for (const session of sessions) await session.call("add", [{ n: 7 }]);
    await python.close("other");
    await expect
      .poll(() => closed.map(({ total }) => total), { timeout: 8_000 })
      .toEqual([7, 7, 7]);
    await expect
      .poll(() => server.stats(), { timeout: 8_000 })
      .toMatchObject({ sessions: 0, calls: 0 });
  });
});
