import { beforeEach, expect, test, vi } from "vitest";
import type { Call, CallChoice } from "../src/state/call.ts";
import { begin, clearHistory, history, shown } from "../src/state/calls.ts";

beforeEach(() => vi.stubGlobal("requestAnimationFrame", () => 0));

const choice: CallChoice = {
  ...{ service: "Greeter", method: "countdown", pattern: "server_stream" },
  ...{ session: undefined, request: "{}", metadata: [], timeoutMs: undefined },
};

function ended(method: string, characters = 0): Call {
  const call = begin({ ...choice, method });
  if (characters > 0) call.addReply("x".repeat(characters));
  call.finish(1, undefined);
  return call;
}

test("the history forgets the oldest calls that have ended", () => {
  const running = begin({ ...choice, method: "running" });
  const first = ended("first");
  for (let made = 0; made < 200; made++) ended("more");
  expect(history.value).toHaveLength(201);
  expect(history.value).toContain(running);
  expect(history.value).not.toContain(first);
  expect([...shown.value.keys()]).toEqual(["Greeter.running", "Greeter.more"]);
  clearHistory();
  expect(history.value).toEqual([running]);
});

test("the history forgets calls whose replies are too long together", () => {
  const calls = Array.from({ length: 12 }, () => ended("large", 7 * 1024 * 1024));
  const last = ended("last");
  expect(history.value).toContain(last);
  expect(history.value).toContain(calls.at(-1));
  expect(history.value).not.toContain(calls[0]);
});
