// Calls go on while a test has replaced the timers.
import { defineService, implement, serverStream, unary } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Item } from "../support/probe.ts";

const Fast = defineService("Fast", {}, { one: unary(Item, Item), many: serverStream(Item, Item) });
const fast = implement(Fast, {
  one: (request) => request,
  async *many({ n }) {
    for (let i = 0; i < n; i += 1) yield { n: i };
  },
});

const everything = [
  ...(["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] as const),
  ...(["setImmediate", "clearImmediate", "queueMicrotask", "performance"] as const),
];
const ways: { name: string; toFake: Parameters<typeof vi.useFakeTimers>[0] }[] = [
  { name: "the default of vitest", toFake: {} },
  { name: "everything", toFake: { toFake: everything } },
  { name: "the date", toFake: { toFake: ["Date"] } },
];

afterEach(() => {
  vi.useRealTimers();
});

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test.each(ways)("with $name", async ({ toFake }) => {
    const pair = await servicePair({ services: [fast], transport });
    const remote = pair.client.client(Fast);
    await remote.one({ n: 0 });
    vi.useFakeTimers(toFake);
    for (let n = 0; n < 300; n += 1) {
      expect(await remote.one({ n }, { timeoutMs: 1000 })).toMatchObject({ n });
    }
    let seen = 0;
    for await (const _ of remote.many({ n: 2000 })) seen += 1;
    expect(seen).toBe(2000);
    await expect(pair.client.client(Fast).one({ n: 7 })).resolves.toMatchObject({ n: 7 });
    await pair.client.close();
    vi.useRealTimers();
    await pair[Symbol.asyncDispose]();
  });
});
