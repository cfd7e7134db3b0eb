import { expect, test } from "vitest";
import { ByteSample } from "../../src/message/byte-sample.ts";

const STEP = 16 * 1024;

test.each([1, 100, 160, 4095, 5000])("stands for all messages of %i bytes", (bytes) => {
  const sample = new ByteSample();
  const messages = Math.ceil((200 * STEP) / bytes);
  let sum = 0;
  for (let message = 0; message < messages; message += 1) sum += sample.next(bytes);
  // exact but for the last step
  expect(Math.abs(sum - messages) * bytes).toBeLessThanOrEqual(2 * STEP);
});

test("takes one message in every 16 KiB", () => {
  const sample = new ByteSample();
  let picked = 0;
  for (let message = 0; message < 160 * 128; message += 1) picked += Number(sample.next(128) > 0);
  expect(picked).toBeGreaterThan(140);
  expect(picked).toBeLessThanOrEqual(160);
});

test("takes messages at random places", () => {
  const first = (): number => {
    const sample = new ByteSample();
    let message = 0;
    while (sample.next(64) === 0) message += 1;
    return message;
  };
  const places = Array.from({ length: 64 }, first);
  // of 256 places
  expect(new Set(places).size).toBeGreaterThan(20);
  expect(Math.max(...places)).toBeLessThan(256);
});
