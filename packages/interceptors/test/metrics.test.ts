import { RpcError, StatusCode } from "@aster/rpc";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DURATION_BUCKETS_MS, metrics } from "../src/metrics.ts";
import { fakeCall, fakeStream } from "./fake-call.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("counts calls and durations by method and status", async () => {
  const counted = metrics();
  for (const durationMs of [0, 1, 3, 20_000]) {
    await counted(fakeCall(), async () => vi.advanceTimersByTime(durationMs));
  }
  const failing = counted(fakeCall(), () =>
    Promise.reject(new RpcError(StatusCode.NOT_FOUND, "missing")),
  );
  await expect(failing).rejects.toThrow("missing");
  await counted(fakeCall({ method: "shout" }), async () => undefined);

  const [say, shout] = counted.snapshot();
  expect(say).toMatchObject({
    service: "Echo",
    method: "say",
    started: 5,
    inFlight: 0,
    ended: { OK: 4, NOT_FOUND: 1 },
    totalDurationMs: 20_004,
  });
  // up to 1 ms: 0, 1 and the failed call; up to 5 ms: 3; over 10 s: 20 000
  expect(say?.durations).toEqual([3, 0, 1, ...Array.from({ length: 10 }, () => 0), 1]);
  expect(say?.durations).toHaveLength(DURATION_BUCKETS_MS.length + 1);
  expect(shout).toMatchObject({ method: "shout", started: 1, ended: { OK: 1 } });
});

test("passes on the response and the error", async () => {
  const counted = metrics();
  const answer = {};
  expect(await counted(fakeCall(), async () => answer)).toBe(answer);
  const error = new Error("x");
  await expect(counted(fakeCall(), () => Promise.reject(error))).rejects.toBe(error);
  expect(counted.snapshot()[0]?.ended).toEqual({ OK: 1, UNKNOWN: 1 });
});

test("counts a call as in flight until its end", async () => {
  const counted = metrics();
  let finish = (): void => {};
  const call = counted(
    fakeCall(),
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  expect(counted.snapshot()[0]).toMatchObject({ started: 1, inFlight: 1, ended: {} });
  finish();
  await call;
  expect(counted.snapshot()[0]).toMatchObject({ inFlight: 0, ended: { OK: 1 } });
});

test("ends a stream with its last message, its error or an early return", async () => {
  const counted = metrics();
  const stream = async (source: AsyncIterable<number>): Promise<AsyncIterable<number>> =>
    (await counted(
      fakeCall({ pattern: "server_stream" }),
      async () => source,
    )) as AsyncIterable<number>;

  const whole: number[] = [];
  for await (const message of await stream(fakeStream())) {
    expect(counted.snapshot()[0]?.inFlight).toBe(1);
    whole.push(message);
  }
  expect(whole).toEqual([1, 2, 3]);

  const broken = await stream(fakeStream(new RpcError(StatusCode.DATA_LOSS, "gone")));
  const read = async (): Promise<void> => {
    for await (const _ of broken);
  };
  await expect(read()).rejects.toThrow("gone");

  const left = fakeStream();
  for await (const _ of await stream(left)) break;
  expect(left.left).toBe(true);

  const unread = (await stream(fakeStream()))[Symbol.asyncIterator]();
  await unread.return?.();
  expect(await unread.next()).toMatchObject({ done: true });

  expect(counted.snapshot()[0]).toMatchObject({
    started: 4,
    inFlight: 0,
    ended: { OK: 1, DATA_LOSS: 1, CANCELLED: 2 },
  });
});

test("counts methods over the limit as other", async () => {
  const counted = metrics({ maxMethods: 2 });
  for (let at = 0; at < 100; at++) {
    await counted(fakeCall({ method: `m${at}` }), async () => undefined);
  }
  const unknown = new RpcError(12_345, "an unknown code");
  await expect(counted(fakeCall({ method: "m1" }), () => Promise.reject(unknown))).rejects.toBe(
    unknown,
  );
  expect(counted.snapshot()).toMatchObject([
    { method: "m0", started: 1 },
    { method: "m1", started: 2, ended: { OK: 1, UNKNOWN: 1 } },
    { service: "other", method: "other", started: 98 },
  ]);
});

test("counts methods with names of object properties", async () => {
  const counted = metrics();
  await counted(fakeCall({ service: "__proto__", method: "constructor" }), async () => undefined);
  expect(counted.snapshot()).toMatchObject([{ service: "__proto__", method: "constructor" }]);
});

test("returns a copy", async () => {
  const counted = metrics();
  await counted(fakeCall(), async () => undefined);
  const before = counted.snapshot();
  await counted(fakeCall(), async () => undefined);
  expect(before[0]).toMatchObject({ started: 1, ended: { OK: 1 } });
  expect(before[0]?.durations[0]).toBe(1);
});
