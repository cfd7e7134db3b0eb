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

test("takes the timeout of the method, else of the service, else of all", async () => {
  const methods = { "Echo.say": 1, Echo: 2, "Other.say": Number.POSITIVE_INFINITY };
  const timeoutOf = async (service: string, method: string, timeoutMs?: number) => {
    const interceptor = deadline({ timeoutMs, methods });
    const passed = interceptor(fakeCall({ service, method }), async (call) => call.deadlineAt);
    const deadlineAt = (await passed) as number | undefined;
    return deadlineAt && deadlineAt - performance.now();
  };
  expect(await timeoutOf("Echo", "say", 9)).toBe(1);
  expect(await timeoutOf("Echo", "shout", 9)).toBe(2);
  expect(await timeoutOf("Other", "say", 9)).toBeUndefined();
  expect(await timeoutOf("Other", "shout", 9)).toBe(9);
  expect(await timeoutOf("Other", "shout")).toBeUndefined();
  expect(await timeoutOf("__proto__", "constructor")).toBeUndefined();
});

test("refuses options without a timeout and bad timeouts of methods", () => {
  expect(() => deadline({})).toThrow(/option timeoutMs must be a positive number/);
  expect(() => deadline({ methods: { "Echo.say": 0 } })).toThrow(
    /option methods\.Echo\.say must be a positive number/,
  );
});

test.each([0, -1, Number.NaN, "5", null])("refuses timeoutMs %j", (timeoutMs) => {
  expect(() => deadline({ timeoutMs: timeoutMs as number })).toThrow(
    /INVALID_ARGUMENT: option timeoutMs must be a positive number of milliseconds, got /,
  );
});
