import { expect, test } from "vitest";
import type { Connection, RefusedConnections } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { dial, failureOf } from "../support/dials.ts";
import { ALPN, eventually, sleep } from "../support/pair.ts";

const OPEN = "open/1";

/** Dials, and returns both ends of the connection. */
async function accepted(pair: NodePair, incoming: AsyncIterableIterator<Connection>) {
  const next = incoming.next();
  const client = await dial(pair);
  return { client, server: (await next).value as Connection };
}

export function allowListTests(pair: () => NodePair): void {
  test("admit the peers on the list, and every peer under the open protocols", async () => {
    const { client, server } = pair();
    const incoming = server.accept([ALPN]);
    const open = server.accept([OPEN]);
    const list = server.closeGate({ openAlpns: [OPEN] });
    expect((await failureOf(dial(pair()))).applicationCode).toBe(403);
    const next = open.next();
    await dial(pair(), OPEN);
    expect(((await next).value as Connection).peer).toBe(client.id);
    list.allow(client.id);
    const first = await accepted(pair(), incoming);
    list.remove(client.id);
    expect((await failureOf(dial(pair()))).applicationCode).toBe(403);
    // the program decides about the connections that it has
    const outcome = await Promise.race([first.client.closed, sleep(50)]);
    expect(outcome).toBeUndefined();
    expect(server.stats().refused).toBe(2);
  });

  test("start empty, in place of the list before", async () => {
    const { client, server } = pair();
    server.accept([ALPN]);
    const old = server.closeGate({ openAlpns: [] });
    old.allow(client.id);
    const list = server.closeGate({ openAlpns: [] });
    old.allow(client.id);
    expect((await failureOf(dial(pair()))).applicationCode).toBe(403);
    list.allow(client.id);
    old.remove(client.id);
    await dial(pair());
  });

  test("apply beside a gate, which is asked about listed peers only", async () => {
    const { client, server } = pair();
    let asked = 0;
    server.accept([ALPN]);
    server.gate(() => {
      asked += 1;
      return false;
    });
    const list = server.closeGate({ openAlpns: [] });
    expect((await failureOf(dial(pair()))).applicationCode).toBe(403);
    expect(asked).toBe(0);
    list.allow(client.id);
    expect((await failureOf(dial(pair()))).applicationCode).toBe(403);
    expect(asked).toBe(1);
  });

  test("report refused connections at most once per second, and count all", async () => {
    const { client, server } = pair();
    const reports: RefusedConnections[] = [];
    server.accept([ALPN]);
    server.closeGate({
      openAlpns: [],
      onRefused: (refused) => {
        reports.push(refused);
        throw new Error("a failing report");
      },
    });
    for (let dials = 0; dials < 40; dials += 1) await failureOf(dial(pair()));
    const count = () => reports.reduce((sum, refused) => sum + refused.count, 0);
    await eventually("all are reported", () => count() === 40);
    expect(reports.length).toBeLessThanOrEqual(5);
    expect(reports[0]).toEqual({ count: 1, some: [{ peer: client.id, alpn: ALPN }] });
    expect(Math.max(...reports.map(({ some }) => some.length))).toBeLessThanOrEqual(16);
    expect(server.stats().refused).toBe(40);
  });

  test("refuse wrong options", () => {
    const { server } = pair();
    const wrong = [{ openAlpns: "aster/1" }, { openAlpns: [1] }, { openAlpns: [], onRefused: 1 }];
    for (const options of wrong) {
      const close = () => server.closeGate(options as unknown as { openAlpns: string[] });
      expect(close).toThrow(expect.objectContaining({ code: "option" }));
    }
  });
}
