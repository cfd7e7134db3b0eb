import { expect, test } from "vitest";
import { RandomSample } from "../../src/message/random-sample.ts";

const ROUNDS = 40_000;

test("picks one in so many elements", () => {
  const sample = new RandomSample(16);
  let picked = 0;
  for (let round = 0; round < ROUNDS; round += 1) picked += Number(sample.next());
  expect(picked / ROUNDS).toBeCloseTo(1 / 16, 2);
});

test("picks the first element as often as any other", () => {
  let picked = 0;
  for (let round = 0; round < ROUNDS; round += 1) picked += Number(new RandomSample(4).next());
  expect(picked / ROUNDS).toBeCloseTo(1 / 4, 1);
});
