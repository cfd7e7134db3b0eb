import type { Channel } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { MessageQueue } from "../../src/message/message-queue.ts";

function make(maxQueuedItems = 4, maxQueuedBytes = 100) {
  const calls: string[] = [];
  const queue = new MessageQueue<number>({ maxQueuedItems, maxQueuedBytes }, () => {
    calls.push("left");
  });
  queue.feedFrom({
    pause: () => calls.push("pause"),
    resume: () => calls.push("resume"),
  } as unknown as Channel);
  return { queue, calls };
}

const end = { done: true, value: undefined };
const item = (value: number) => ({ done: false, value });

test("delivers messages in order, then the end for ever", async () => {
  const { queue } = make(5000);
  for (let n = 0; n < 3000; n++) queue.push(n, 0);
  queue.finish();
  for (let n = 0; n < 3000; n++) expect(await queue.next()).toEqual(item(n));
  expect(await queue.next()).toEqual(end);
  expect(await queue.next()).toEqual(end);
});

test("serves several waiting readers in turn", async () => {
  const { queue } = make();
  const waiting = [queue.next(), queue.next(), queue.next()];
  queue.push(1, 0);
  queue.push(2, 0);
  queue.finish();
  expect(await Promise.all(waiting)).toEqual([item(1), item(2), end]);
});

test("pauses at its bounds and resumes at half of them", async () => {
  for (const size of [1, 25]) {
    const { queue, calls } = make();
    for (let n = 0; n < 4; n++) queue.push(n, size);
    expect(calls).toEqual(["pause"]);
    await queue.next();
    expect(calls).toEqual(["pause"]);
    await queue.next();
    expect(calls).toEqual(["pause", "resume"]);
  }
});

describe("an error", () => {
  test("follows the messages before it, once", async () => {
    const { queue } = make();
    queue.push(1, 0);
    queue.fail(new RangeError("x"));
    queue.push(2, 0);
    expect(await queue.next()).toEqual(item(1));
    await expect(queue.next()).rejects.toThrow(RangeError);
    expect(await queue.next()).toEqual(end);
  });

  test("reaches a waiting reader", async () => {
    const { queue } = make();
    const waiting = [queue.next(), queue.next()];
    queue.fail(new RangeError("x"));
    await expect(waiting[0]).rejects.toThrow(RangeError);
    expect(await waiting[1]).toEqual(end);
  });

  test("of an abandoned queue replaces unread messages and the end", async () => {
    const { queue, calls } = make();
    for (let n = 0; n < 4; n++) queue.push(n, 0);
    queue.finish();
    queue.abandon(new RangeError("x"));
    expect(calls).toEqual(["pause", "resume"]);
    await expect(queue.next()).rejects.toThrow(RangeError);
  });
});

test("leaving before the end calls onReturn once and drops the rest", async () => {
  const { queue, calls } = make();
  for (let n = 0; n < 4; n++) queue.push(n, 0);
  expect(await queue.return()).toEqual(end);
  expect(await queue.return()).toEqual(end);
  queue.abandon(new RangeError("too late"));
  expect(await queue.next()).toEqual(end);
  expect(calls).toEqual(["pause", "resume", "left"]);
});

test("leaving after the end does not call onReturn", async () => {
  const { queue, calls } = make();
  queue.finish();
  await queue.return();
  expect(calls).toEqual([]);
});
