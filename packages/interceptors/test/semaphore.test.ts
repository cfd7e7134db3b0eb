import { RpcError, StatusCode } from "@aster/rpc";
import { expect, test } from "vitest";
import { Semaphore } from "../src/semaphore.ts";

test("grants permits in the order of the waiters, also when some leave", async () => {
  const semaphore = new Semaphore(1);
  const got: number[] = [];
  const cancels = Array.from({ length: 6 }, () => new AbortController());
  expect(semaphore.tryTake()).toBe(true);
  const waits = cancels.map(async ({ signal }, i) => {
    await semaphore.take(signal);
    got.push(i);
  });
  expect(semaphore.waiting).toBe(6);
  const reason = new RpcError(StatusCode.CANCELLED, "left");
  // the first, one in the middle and the last
  for (const i of [0, 2, 5]) {
    cancels[i]?.abort(reason);
    await expect(waits[i]).rejects.toBe(reason);
  }
  expect(semaphore.waiting).toBe(3);
  for (const i of [1, 3, 4]) {
    semaphore.release();
    await waits[i];
  }
  expect(got).toEqual([1, 3, 4]);
  expect(semaphore.idle).toBe(false);
  semaphore.release();
  expect(semaphore.idle).toBe(true);
  // a signal that fires after the permit has no effect
  cancels[1]?.abort();
  expect(semaphore.waiting).toBe(0);
});
