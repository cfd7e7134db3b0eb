// A session ends with its connection; its client does not.
import { AsterClient, StatusCode } from "@aster/rpc";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Journal } from "../support/probe.ts";
import { type Revivable, revivable } from "../support/revivable.ts";
import { Tally, tally } from "../support/session-probe.ts";

const connect = (at: Revivable): Promise<AsterClient> =>
  AsterClient.connect(at.address, {
    node: at.clientNode,
    reconnect: { initialBackoffMs: 20, maxBackoffMs: 100 },
  });

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("opens the next session on the new server, with new state", async () => {
    await using at = await revivable(transport, { services: [tally()] });
    await using client = await connect(at);
    const old = await client.session(Tally);
    expect(await old.add({ n: 5 })).toMatchObject({ n: 5 });
    const running = failure(old.sleep({ n: 5_000 }));
    await at.kill();
    expect((await running).code).toBe(StatusCode.UNAVAILABLE);
    expect(await old.closed).toMatchObject({ code: StatusCode.UNAVAILABLE });
    await at.revive();
    expect((await failure(old.add({ n: 1 }))).details.reason).toBe("session.over");
    const next = await client.session(Tally);
    expect(await next.add({ n: 1 })).toMatchObject({ n: 1 });
    expect(at.dials()).toBe(2);
  });

  test("waits for a connection when a session is opened without one", async () => {
    await using at = await revivable(transport, { services: [tally()] });
    await using client = await connect(at);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    await at.revive();
    const session = await client.session(Tally);
    const calls = [1, 2, 3].map((n) => session.add({ n }));
    expect((await Promise.all(calls)).map(({ n }) => n)).toEqual([1, 3, 6]);
    expect(at.dials()).toBe(2);
  });

  test("fails the calls of a session whose server does not return", async () => {
    await using at = await revivable(transport, { services: [tally()] });
    await using client = await connect(at);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    const session = await client.session(Tally);
    const error = await failure(session.add({ n: 1 }, { timeoutMs: 300 }));
    expect([StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED]).toContain(error.code);
    await session.close();
    expect((await failure(session.add({ n: 1 }))).code).toBe(StatusCode.FAILED_PRECONDITION);
  });

  test("opens the next session on another server when the first one drains", async () => {
    const journal = new Journal();
    await using at = await revivable(transport, { services: [tally(journal)] });
    await using client = await connect(at);
    const old = await client.session(Tally);
    const running = old.sleep({ n: 100 });
    await journal.wrote("sleep began 1");
    const drained = at.server.drain({ graceMs: 5_000 });
    expect(await running).toMatchObject({ n: 100 });
    expect(await old.closed).toMatchObject({ details: { reason: "draining" } });
    expect(await drained).toBe(true);
    await at.kill();
    await at.revive();
    const next = await client.session(Tally);
    expect(await next.add({ n: 1 })).toMatchObject({ n: 1 });
  });

  test("lets running calls end and closes the sessions when the client drains", async () => {
    const journal = new Journal();
    await using at = await revivable(transport, { services: [tally(journal)] });
    const client = await connect(at);
    const [busy, idle] = [await client.session(Tally), await client.session(Tally)];
    await idle.add({ n: 3 });
    const running = busy.sleep({ n: 150 });
    await journal.wrote("sleep began 1");
    const drained = client.drain({ graceMs: 5_000 });
    expect((await failure(busy.add({ n: 1 }))).code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await running).toMatchObject({ n: 150 });
    expect(await drained).toBe(true);
    await journal.wrote("closed with 3 in 2");
    await journal.wrote("closed with 0 in 1");
    expect((await failure(client.session(Tally))).code).toBe(StatusCode.FAILED_PRECONDITION);
  });

  test("ends the calls of all sessions when the client closes", async () => {
    const journal = new Journal();
    await using at = await revivable(transport, { services: [tally(journal)] });
    const client = await connect(at);
    const session = await client.session(Tally);
    const running = failure(session.sleep({ n: 5_000 }));
    await journal.wrote("sleep began 1");
    await client.close();
    expect((await running).code).toBe(StatusCode.CANCELLED);
    await journal.wrote("sleep over 1");
    await journal.wrote("closed with 0 in 1");
    await expect.poll(() => at.server.stats()).toMatchObject({ calls: 0, sessions: 0 });
  });
});
