import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import { finish, send, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

/** Answers long after the deadline, which leaves time for a busy machine. */
const slow = { data: texts("late"), delayMs: 15_000 };
const late = {
  code: 4,
  replies: [],
  ms: [995, 5000],
  server: { calls: 1, aborted: true },
} as const;

export const timeoutRows: readonly CallRow[] = callRows("timeouts", [
  ...patterns.map(
    (method): CallFields => ({
      name: `1 s (${method})`,
      method,
      timeoutMs: 1000,
      steps: [send(slow), finish],
      expect: late,
    }),
  ),
  {
    name: "1 s (bidiStream, full duplex)",
    method: "bidiStream",
    timeoutMs: 1000,
    steps: [send({ ...slow, fullDuplex: true })],
    expect: late,
  },
  {
    name: "1 s, after a reply (serverStream)",
    method: "serverStream",
    timeoutMs: 1000,
    steps: [send({ data: texts("in time"), holdMs: 15_000 })],
    expect: { ...late, replies: [{ payload: "in time" }] },
  },
  {
    name: "1 s, while requests are due (clientStream)",
    method: "clientStream",
    timeoutMs: 1000,
    steps: [send()],
    expect: late,
  },
  ...patterns.map(
    (method): CallFields => ({
      name: `the server receives the deadline (${method})`,
      method,
      timeoutMs: 20_000,
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 0, replies: [{ payload: "x", remainingMs: [15_000, 20_000] }] },
    }),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `no deadline (${method})`,
      method,
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 0, replies: [{ payload: "x", remainingMs: [-1, -1] }] },
    }),
  ),
  {
    name: "1 ms, often: never anything but the deadline or a good end",
    method: "unary",
    timeoutMs: 1,
    steps: [send(slow)],
    repeat: { times: 1000, quick: 50, at: "once" },
    expect: { code: 4, replies: [] },
  },
  {
    name: "a timeout of nothing is refused",
    method: "unary",
    timeoutMs: 0,
    steps: [send()],
    expect: { code: 3, replies: [], server: { calls: 0 } },
  },
]);
