import { randomBytes } from "node:crypto";
import { clientStream, defineService, implement, serverStream } from "@aster/rpc";
import { describe, expect, test } from "vitest";
import { pairs } from "../support/pairs.ts";
import { Item, Journal, Probe, probe, Total } from "../support/probe.ts";

// windows count bytes on the wire, so the messages here must not be compressible
const payload = randomBytes(50_000).toString("hex");

const tick = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function settled(read: () => number): Promise<number> {
  let before = -1;
  while (read() !== before) {
    before = read();
    await tick(60);
  }
  return before;
}

describe.each(pairs)("$name", (pair) => {
  test("a slow reader pauses the handler of a server stream", async () => {
    const journal = new Journal();
    await using opened = await pair.open({ services: [probe(journal)] });
    const produced = () => journal.lines.length - 1;
    const stream = opened.client(Probe).endless({ n: 0, payload });
    await journal.wrote("endless began");
    let consumed = 0;
    for (; consumed < 5; consumed++) {
      await stream.next();
      await settled(produced);
      expect(produced() - consumed).toBeLessThan(64);
    }
    await stream.return?.();
    await journal.wrote("endless over");
  });

  test("a fast reader gets all messages of a small queue", async () => {
    await using opened = await pair.open({
      services: [probe()],
      limits: { maxQueuedItems: 1, maxQueuedBytes: 1 },
    });
    const client = opened.client(Probe);
    let next = 0;
    for await (const { n } of client.count({ n: 2000 })) expect(n).toBe(next++);
    expect(next).toBe(2000);
    const items = Array.from({ length: 2000 }, (_, n) => ({ n }));
    expect(await client.sum(items)).toEqual({ total: 1999000, items: 2000 });
  });

  test("a slow handler pauses the source of a client stream", async () => {
    const Slow = defineService("Slow", {}, { drip: clientStream(Item, Total) });
    let read = 0;
    const release: (() => void)[] = [];
    const slow = implement(Slow, {
      async drip(requests) {
        for await (const _ of requests) {
          read += 1;
          if (read <= 5) await new Promise<void>((resolve) => release.push(resolve));
        }
        return { total: 0, items: read };
      },
    });
    await using opened = await pair.open({ services: [slow] });
    let sent = 0;
    const items = 150;
    function* requests() {
      for (; sent < items; sent++) yield { n: sent, payload };
    }
    const call = opened.client(Slow).drip(requests());
    for (let round = 1; round <= 5; round++) {
      await settled(() => sent);
      expect(sent - read).toBeLessThan(64);
      release.shift()?.();
    }
    expect(await call).toEqual({ total: 0, items });
  });

  test("a stream without back-pressure does not starve other calls", async () => {
    const Flood = defineService("Flood", {}, { flow: serverStream(Item, Item) });
    let stop = false;
    const flood = implement(Flood, {
      async *flow() {
        while (!stop) yield { n: 1 };
      },
    });
    await using opened = await pair.open({ services: [flood, probe()] });
    const reading = (async () => {
      for await (const _ of opened.client(Flood).flow({ n: 0 }));
    })();
    const echo = opened.client(Probe);
    for (let call = 0; call < 5; call++) await echo.echo({}, { timeoutMs: 10_000 });
    await tick(10);
    stop = true;
    await reading;
  });
});
