import { beforeEach, expect, test, vi } from "vitest";
import { ReplyLog } from "../src/state/reply-log.ts";

let frames: (() => void)[] = [];
beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
});

test("the latest replies are kept, and many of them change the view once", () => {
  const log = new ReplyLog();
  for (let number = 1; number <= 25_000; number++) log.add(`{"n":${number}}`);
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(log.version.value).toBe(1);
  expect([log.total, log.dropped, log.kept().length]).toEqual([25_000, 15_000, 10_000]);
  expect(log.kept()[0]).toMatchObject({ number: 15_001, text: '{"n":15001}' });
  expect(log.last?.number).toBe(25_000);
});

test("large replies leave earlier, the last one stays", () => {
  const log = new ReplyLog();
  const large = "x".repeat(3 * 1024 * 1024);
  for (let made = 0; made < 5; made++) log.add(large);
  expect([log.total, log.kept().length]).toEqual([5, 2]);
  log.add("y".repeat(9 * 1024 * 1024));
  expect(log.kept().map(({ number }) => number)).toEqual([6]);
});

test("a search finds the latest replies first, and counts all of them", () => {
  const log = new ReplyLog();
  for (const text of ["Tea", "milk", "TEA", "tea"]) log.add(text);
  const { found, count } = log.search("tea", 2);
  expect([found.map(({ number }) => number), count]).toEqual([[4, 3], 3]);
});
