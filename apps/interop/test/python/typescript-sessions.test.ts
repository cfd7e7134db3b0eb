import { AsterClient, RpcError, type Session, StatusCode } from "@aster/rpc";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Counter } from "@aster-apps/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PythonServer } from "./support/python-server.ts";

const environment = await pythonWithAster();

describe.skipIf("missing" in environment)("TypeScript sessions with a Python server", () => {
  let server: PythonServer;
  let client: AsterClient;

  beforeAll(async () => {
    if ("missing" in environment) return;
    server = await PythonServer.start(environment.path);
    client = await AsterClient.connect(server.ready.address, { network: "none" });
  });

  afterAll(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
  });

  describe.each(["xlang", "json"] as const)("%s", (serialization) => {
    const open = (): Promise<Session<typeof Counter>> => client.session(Counter, { serialization });

    it("keeps the state and closes once", async () => {
      const session = await open();
      const peer = client.node.id;
      expect(await session.add({ n: 2 })).toEqual({ total: 2, peer });
      expect(await session.add({ n: -5 })).toEqual({ total: -3, peer });
      expect(await session.total({})).toEqual({ total: -3, peer });
      await session.close();
      expect(await server.sessionClosed()).toEqual({ event: "sessionClosed", peer, total: -3 });
    });

    it("streams both ways", async () => {
      await using session = await open();
      expect(await totals(session.history({}))).toEqual([]);
      expect((await session.add_all(each(1, 2, 3))).total).toBe(6);
      expect((await session.add_all([])).total).toBe(6);
      expect(await totals(session.history({}))).toEqual([1, 3, 6]);
      const many = Array.from({ length: 2_000 }, () => ({ n: 1 }));
      expect((await session.add_all(many)).total).toBe(2_006);
      expect(await totals(session.history({}))).toHaveLength(2_003);
      await session.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 2_006 });
    });

    it("separates sessions", async () => {
      const [one, other] = await Promise.all([open(), open()]);
      await Promise.all([one.add({ n: 1 }), other.add({ n: 10 })]);
      expect((await one.add({ n: 1 })).total).toBe(2);
      expect((await other.add({ n: 1 })).total).toBe(11);
      await one.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 2 });
      expect((await other.total({})).total).toBe(11);
      await other.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 11 });
    });

    it("keeps state and session after a failure", async () => {
      const session = await open();
      await session.add({ n: 4 });
      const failure = await rejection(session.boom({ n: 1 }));
      expect(failure).toMatchObject({ code: StatusCode.ABORTED, rawMessage: "boom" });
      expect((await session.add({ n: 1 })).total).toBe(5);
      await session.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 5 });
    });

    it("runs concurrent calls one after the other", async () => {
      const session = await open();
      const calls = Array.from({ length: 100 }, () => session.add({ n: 1 }));
      const history = totals(session.history({}));
      const replies = await Promise.all(calls);
      const counted = Array.from({ length: 100 }, (_, n) => n + 1);
      expect(replies.map(({ total }) => total)).toEqual(counted);
      expect(await history).toEqual(counted);
      await session.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 100 });
    });

    it("keeps the session after a cancelled request stream", async () => {
      const session = await open();
      const caller = new AbortController();
      async function* requests() {
        yield { n: 1 };
        setTimeout(() => caller.abort(), 50);
        await new Promise(() => {});
      }
      const failure = await rejection(session.add_all(requests(), { signal: caller.signal }));
      expect(failure.code).toBe(StatusCode.CANCELLED);
      // the Python server passes requests to the handler when all have arrived
      expect((await session.add({ n: 3 })).total).toBe(3);
      await session.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 3 });
    });

    it("keeps the session when a reply stream is left early", async () => {
      const session = await open();
      await session.add_all(Array.from({ length: 5_000 }, () => ({ n: 1 })));
      for await (const { total } of session.history({})) {
        if (total === 3) break;
      }
      expect((await session.add({ n: 1 })).total).toBe(5_001);
      await session.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 5_001 });
    });

    it("keeps the session after a call that ends at its deadline", async () => {
      const session = await open();
      async function* requests() {
        yield { n: 1 };
        await new Promise(() => {});
      }
      const failure = await rejection(session.add_all(requests(), { timeoutMs: 100 }));
      expect(failure.code).toBe(StatusCode.DEADLINE_EXCEEDED);
      expect((await session.total({})).total).toBe(0);
      await session.close();
      expect(await server.sessionClosed()).toMatchObject({ total: 0 });
    });

    it("cancels running and waiting calls on close", async () => {
      const session = await open();
      await session.add({ n: 9 });
      async function* requests() {
        yield { n: 1 };
        await new Promise(() => {});
      }
      const running = rejection(session.add_all(requests()));
      const waiting = rejection(session.total({}));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await session.close();
      expect((await running).code).toBe(StatusCode.CANCELLED);
      expect((await waiting).code).toBe(StatusCode.CANCELLED);
      expect((await rejection(session.total({}))).code).toBe(StatusCode.FAILED_PRECONDITION);
      expect(await server.sessionClosed()).toMatchObject({ total: 9 });
    });
  });

  it("opens a session by name, without a definition", async () => {
    const session = await client.session("Counter");
    expect(await session.add?.({ n: 2 })).toMatchObject({ total: 2 });
    expect(await session.add_all?.clientStream([{ n: 1 }, { n: 1 }])).toMatchObject({ total: 4 });
    const history: unknown[] = [];
    for await (const item of session.history?.stream({}) ?? []) history.push(item);
    expect(history).toMatchObject([{ total: 2 }, { total: 3 }, { total: 4 }]);
    const { code } = await rejection(session.boom?.({ n: 1 }));
    expect(code).toBe(StatusCode.ABORTED);
    // an unknown method ends the session
    const failure = await rejection(session.nope?.({}));
    expect(failure).toMatchObject({
      code: StatusCode.UNIMPLEMENTED,
      rawMessage: "Method not found: nope",
    });
    expect(await session.closed).toMatchObject({ code: StatusCode.UNIMPLEMENTED });
    expect(await server.sessionClosed()).toMatchObject({ total: 4 });
  });

  it("reports a session with a shared service, and a shared call of a session service", async () => {
    const session = await client.session("Testkit");
    expect(await rejection(session.echo?.({}))).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      rawMessage:
        "'Testkit' is shared: send a method name instead of opening a session stream (method='')",
    });
    expect(await rejection(client.proxy("Counter").add?.({ n: 1 }))).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      rawMessage:
        "'Counter' is session-scoped: open a session stream (method='') instead of calling method 'add' directly",
    });
  });
});

async function* each(...numbers: readonly number[]): AsyncGenerator<{ n: number }> {
  for (const n of numbers) yield { n };
}

async function totals(replies: AsyncIterable<{ total: number }>): Promise<number[]> {
  const collected: number[] = [];
  for await (const { total } of replies) collected.push(total);
  return collected;
}

async function rejection(promise: Promise<unknown> | undefined): Promise<RpcError> {
  const reason = await promise?.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(RpcError);
  return reason as RpcError;
}
