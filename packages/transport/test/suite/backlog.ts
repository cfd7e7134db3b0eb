import { expect, test } from "vitest";
import type { Connection, ConnectOptions } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { ALPN, echo, eventually, pattern } from "../pair.ts";
import { Recorder } from "../recorder.ts";

const SEATS = 64;

/** Dials that somebody awaits later. */
function dials(pair: NodePair, count: number, options: ConnectOptions = {}): Promise<Connection>[] {
  const { client, server } = pair;
  return Array.from({ length: count }, () => {
    const dial = client.connect(server.address(), ALPN, options);
    dial.catch(() => {});
    return dial;
  });
}

async function fillSeats(pair: NodePair): Promise<Connection[]> {
  const connections = await Promise.all(dials(pair, SEATS));
  await eventually("all wait", () => pair.server.stats().connections === SEATS);
  return connections;
}

/** Takes connections as they come, and answers on them. */
async function serve(accepted: AsyncIterable<Connection>): Promise<void> {
  for await (const connection of accepted) echo(connection);
}

async function isAnswered(connection: Connection): Promise<void> {
  const sink = new Recorder();
  connection.open(sink).send(1, pattern(1), true);
  await sink.untilEnd();
}

export function backlogTests(pair: () => NodePair): void {
  test("64 connections wait to be taken, and the next dial waits for a seat", async () => {
    const accepted = pair().server.accept([ALPN]);
    await fillSeats(pair());
    const [impatient] = dials(pair(), 1, { timeoutMs: 100 });
    await expect(impatient).rejects.toMatchObject({ code: "timeout" });
    let seated = false;
    const [next] = dials(pair(), 1);
    const waiting = next?.then(() => {
      seated = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seated).toBe(false);
    expect(pair().server.stats().connections).toBe(SEATS);
    expect((await accepted.next()).done).toBe(false);
    await waiting;
    await eventually("it has its seat", () => pair().server.stats().connections === SEATS + 1);
  });

  test("200 dials at once all get through to a program that takes its time", async () => {
    const accepted = pair().server.accept([ALPN]);
    const dialled = dials(pair(), 200);
    await eventually("the seats are taken", () => pair().server.stats().connections === SEATS);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(pair().server.stats().connections).toBe(SEATS);
    void serve(accepted);
    const connections = await Promise.all(dialled);
    await Promise.all(connections.map(isAnswered));
    expect(pair().server.stats().connections).toBe(200);
  });

  test("a connection that ends while it waits gives its seat back", async () => {
    const accepted = pair().server.accept([ALPN]);
    for (let round = 0; round < 3; round += 1) {
      const connections = await fillSeats(pair());
      for (const connection of connections) connection.close();
      await eventually("none waits", () => pair().server.stats().connections === 0);
    }
    const [connection] = await Promise.all(dials(pair(), 1));
    void serve(accepted);
    if (connection !== undefined) await isAnswered(connection);
  });

  test("who does not take its connections does not hold up another protocol", async () => {
    pair().server.accept([ALPN]);
    await fillSeats(pair());
    dials(pair(), 10, { timeoutMs: 1_000 });
    void serve(pair().server.accept(["other/1"]));
    await isAnswered(await pair().client.connect(pair().server.address(), "other/1"));
  });

  test("dials that wait for a seat fail when nobody will give one", async () => {
    const accepted = pair().server.accept([ALPN]);
    const seated = await fillSeats(pair());
    const [late] = dials(pair(), 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await accepted.return?.();
    await expect(late).rejects.toMatchObject({ code: "connect" });
    const endings = await Promise.all(seated.map((connection) => connection.closed));
    expect(new Set(endings.map(({ code }) => code))).toEqual(new Set(["closed"]));
  });

  test("1000 dials that nobody takes stay bounded, and leave room for others", async () => {
    const accepted = pair().server.accept([ALPN]);
    const before = process.memoryUsage().rss;
    const outcomes = await Promise.allSettled(dials(pair(), 1_000, { timeoutMs: 3_000 }));
    const fulfilled = outcomes.filter(({ status }) => status === "fulfilled");
    expect(fulfilled.length).toBeGreaterThanOrEqual(SEATS);
    // those whose handshake took long may share a seat with another
    expect(fulfilled.length).toBeLessThan(5 * SEATS);
    expect(pair().server.stats().connections).toBeLessThanOrEqual(SEATS);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
    void serve(accepted);
    const [control] = await Promise.all(dials(pair(), 1));
    if (control !== undefined) await isAnswered(control);
  }, 60_000);
}
