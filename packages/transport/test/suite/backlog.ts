import { expect, test } from "vitest";
import type { Connection, ConnectOptions } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { ALPN, echo, eventually, pattern, sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

const SLOTS = 64;

/** Starts dials whose results the test awaits later. */
function dials(pair: NodePair, count: number, options: ConnectOptions = {}): Promise<Connection>[] {
  const { client, server } = pair;
  return Array.from({ length: count }, () => {
    const dial = client.connect(server.address(), ALPN, options);
    dial.catch(() => {});
    return dial;
  });
}

async function fillSlots(pair: NodePair): Promise<Connection[]> {
  const connections = await Promise.all(dials(pair, SLOTS));
  await eventually("all slots are in use", () => pair.server.stats().connections === SLOTS);
  return connections;
}

/** Takes connections as they arrive, and echoes their channels. */
async function serve(accepted: AsyncIterable<Connection>): Promise<void> {
  for await (const connection of accepted) echo(connection);
}

async function isAnswered(connection: Connection): Promise<void> {
  const sink = new Recorder();
  connection.open(sink).send(1, pattern(1), true);
  await sink.untilEnd();
}

export function backlogTests(pair: () => NodePair): void {
  test("64 connections wait for the program, and the next dial waits for an accept slot", async () => {
    const accepted = pair().server.accept([ALPN]);
    await fillSlots(pair());
    const [impatient] = dials(pair(), 1, { timeoutMs: 100 });
    await expect(impatient).rejects.toMatchObject({ code: "timeout" });
    let hasSlot = false;
    const [next] = dials(pair(), 1);
    const waiting = next?.then(() => {
      hasSlot = true;
    });
    await sleep(100);
    expect(hasSlot).toBe(false);
    expect(pair().server.stats().connections).toBe(SLOTS);
    expect((await accepted.next()).done).toBe(false);
    await waiting;
    await eventually("it has a slot", () => pair().server.stats().connections === SLOTS + 1);
  });

  test("200 dials at once reach a program that starts late", async () => {
    const accepted = pair().server.accept([ALPN]);
    const dialed = dials(pair(), 200);
    await eventually("the slots are in use", () => pair().server.stats().connections === SLOTS);
    await sleep(300);
    expect(pair().server.stats().connections).toBe(SLOTS);
    void serve(accepted);
    const connections = await Promise.all(dialed);
    await Promise.all(connections.map(isAnswered));
    expect(pair().server.stats().connections).toBe(200);
  });

  test("a connection that ends while it waits frees its accept slot", async () => {
    const accepted = pair().server.accept([ALPN]);
    for (let round = 0; round < 3; round += 1) {
      const connections = await fillSlots(pair());
      for (const connection of connections) connection.close();
      await eventually("no connection waits", () => pair().server.stats().connections === 0);
    }
    const [connection] = await Promise.all(dials(pair(), 1));
    void serve(accepted);
    if (connection !== undefined) await isAnswered(connection);
  });

  test("a program that takes no connections does not block another protocol", async () => {
    pair().server.accept([ALPN]);
    await fillSlots(pair());
    dials(pair(), 10, { timeoutMs: 1_000 });
    void serve(pair().server.accept(["other/1"]));
    await isAnswered(await pair().client.connect(pair().server.address(), "other/1"));
  });

  test("dials that wait for an accept slot fail when the iterator is returned", async () => {
    const accepted = pair().server.accept([ALPN]);
    const waiting = await fillSlots(pair());
    const [late] = dials(pair(), 1);
    await sleep(50);
    await accepted.return?.();
    await expect(late).rejects.toMatchObject({ code: "connect" });
    const endings = await Promise.all(waiting.map((connection) => connection.closed));
    expect(new Set(endings.map(({ code }) => code))).toEqual(new Set(["closed"]));
  });

  test("1000 dials that are not taken have bounded memory, and later dials succeed", async () => {
    const accepted = pair().server.accept([ALPN]);
    const before = process.memoryUsage().rss;
    const outcomes = await Promise.allSettled(dials(pair(), 1_000, { timeoutMs: 3_000 }));
    const fulfilled = outcomes.filter(({ status }) => status === "fulfilled");
    expect(fulfilled.length).toBeGreaterThanOrEqual(SLOTS);
    // A connection with a slow handshake returns its slot, so that two may share one.
    expect(fulfilled.length).toBeLessThan(5 * SLOTS);
    expect(pair().server.stats().connections).toBeLessThanOrEqual(SLOTS);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
    void serve(accepted);
    const [control] = await Promise.all(dials(pair(), 1));
    if (control !== undefined) await isAnswered(control);
  }, 60_000);
}
