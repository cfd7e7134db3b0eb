import { expect, test } from "vitest";
import { MessagePump, type PumpTarget } from "../../src/message/message-pump.ts";

class Target implements PumpTarget {
  over = false;
  readonly sent: unknown[] = [];
  room = true;
  readonly #waiting: (() => void)[] = [];

  sendMessage(message: unknown): boolean {
    if (message === "bad") throw new RangeError("bad");
    this.sent.push(message);
    return this.room;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  drain(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const tick = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("an endless source that never waits does not starve timers", async () => {
  const target = new Target();
  setTimeout(() => {
    target.over = true;
  }, 10);
  function* endless() {
    for (;;) yield 1;
  }
  expect(await new MessagePump(target).run(endless())).toBe(false);
  expect(target.sent.length).toBeGreaterThan(256);
});

test("many sources together leave the event loop after some milliseconds", async () => {
  class SlowTarget extends Target {
    readonly sharesTurns = true;

    override sendMessage(message: unknown): boolean {
      const until = performance.now() + 2;
      while (performance.now() < until);
      return super.sendMessage(message);
    }
  }
  const targets = Array.from({ length: 50 }, () => new SlowTarget());
  const sent = (): number => targets.reduce((sum, target) => sum + target.sent.length, 0);
  const runs = targets.map((target) => new MessagePump(target).run([1, 2]));
  let most = 0;
  for (let before = sent(); before < 100; before = sent()) {
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, sent() - before);
  }
  expect(most).toBeLessThan(40);
  expect(await Promise.all(runs)).toEqual(targets.map(() => true));
});

test("waits for the send buffer after each message that fills it", async () => {
  const target = new Target();
  target.room = false;
  const running = new MessagePump(target).run([1, 2, 3]);
  for (let sent = 1; sent <= 3; sent++) {
    await tick();
    expect(target.sent.length).toBe(sent);
    target.drain();
  }
  expect(await running).toBe(true);
});

test("stop ends the wait for the send buffer after the finally blocks of the source", async () => {
  const target = new Target();
  target.room = false;
  const order: string[] = [];
  async function* source() {
    try {
      yield 1;
    } finally {
      await tick();
      order.push("finally");
    }
  }
  const pump = new MessagePump(target);
  const running = pump.run(source()).then((ended) => order.push(`ended ${ended}`));
  await tick();
  target.over = true;
  pump.stop();
  pump.stop();
  await running;
  expect(order).toEqual(["finally", "ended false"]);
});

test("a message that cannot be sent rejects and stops the source", async () => {
  const left: string[] = [];
  function* source() {
    try {
      yield "good";
      yield "bad";
    } finally {
      left.push("left");
    }
  }
  await expect(new MessagePump(new Target()).run(source())).rejects.toThrow(RangeError);
  expect(left).toEqual(["left"]);
});

test("a source whose return() fails or is missing stops too", async () => {
  for (const extra of [{ return: () => Promise.reject(new Error("no")) }, {}]) {
    const target = new Target();
    target.over = true;
    const next = () => Promise.resolve({ done: false as const, value: 1 });
    const source = { [Symbol.asyncIterator]: () => ({ next, ...extra }) };
    expect(await new MessagePump(target).run(source)).toBe(false);
    expect(target.sent).toEqual([]);
  }
});

test("ends with the error of a message that may not wait, and does not send it", async () => {
  class Full extends Target {
    readonly crowded = true;
    override drained(waiting?: unknown): Promise<void> {
      return Promise.reject(new RangeError(`${waiting} may not wait`));
    }
  }
  const target = new Full();
  await expect(new MessagePump(target).run([1, 2])).rejects.toThrow("1 may not wait");
  expect(target.sent).toEqual([]);
});
