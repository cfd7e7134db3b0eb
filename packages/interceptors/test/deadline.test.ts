import type { InterceptedCall } from "@aster/rpc/interceptor";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deadline } from "../src/deadline.ts";
import { fakeCall } from "./fake-call.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function passedOn(call: InterceptedCall): Promise<InterceptedCall> {
  let seen: InterceptedCall | undefined;
  const answer = await deadline({ timeoutMs: 250 })(call, async (passed) => {
    seen = passed;
    return "answer";
  });
  expect(answer).toBe("answer");
  if (seen === undefined) throw new Error("the call was not passed on");
  return seen;
}

test("sets a deadline for a client's call without one", async () => {
  vi.advanceTimersByTime(1_000);
  const call = fakeCall();
  expect(await passedOn(call)).toEqual({ ...call, deadlineAt: performance.now() + 250 });
});

test("keeps an earlier or later deadline", async () => {
  for (const deadlineAt of [1, 1e9]) {
    const call = fakeCall({ deadlineAt });
    expect(await passedOn(call)).toBe(call);
  }
});

test("passes on a server's call unchanged", async () => {
  const call = fakeCall({ side: "server" });
  expect(await passedOn(call)).toBe(call);
});

test.each([0, -1, Number.NaN, "5", null])("refuses timeoutMs %j", (timeoutMs) => {
  expect(() => deadline({ timeoutMs: timeoutMs as number })).toThrow(
    /INVALID_ARGUMENT: option timeoutMs must be a positive number of milliseconds, got /,
  );
});
