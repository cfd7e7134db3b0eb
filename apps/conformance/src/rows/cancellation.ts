import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import { cancel, finish, handled, leave, receive, send, texts, wait } from "../row-kinds/step.ts";

const HOLD_MS = 20_000;
/** A request for these replies, after which the handler waits. */
const held = (...replies: string[]) =>
  send({ data: texts(...replies), delayMs: 20, holdMs: HOLD_MS, fullDuplex: true });
const waits = send({ holdMs: HOLD_MS });
const aborted = { calls: 1, aborted: true };
const cancelled = { code: 1, ms: [0, 5000], server: aborted } as const;

export const cancellationRows: readonly CallRow[] = callRows("cancellation", [
  {
    name: "unary, after the request",
    method: "unary",
    steps: [waits, handled, wait(5), cancel],
    expect: { ...cancelled, replies: [] },
  },
  {
    name: "client stream, before it has finished sending",
    method: "clientStream",
    steps: [waits, handled, cancel],
    expect: { ...cancelled, replies: [] },
  },
  {
    name: "client stream, after it has finished sending",
    method: "clientStream",
    steps: [waits, handled, finish, wait(5), cancel],
    expect: { ...cancelled, replies: [] },
  },
  {
    name: "server stream, after the request",
    method: "serverStream",
    steps: [held(), handled, wait(5), cancel],
    expect: { ...cancelled, replies: [] },
  },
  {
    name: "server stream, after one reply",
    method: "serverStream",
    steps: [held("one"), receive(1), cancel],
    expect: { ...cancelled, replies: [{ payload: "one" }] },
  },
  ...[true, false].flatMap((full): CallFields[] => {
    const duplex = full ? "full" : "half";
    const plan = { delayMs: 20, holdMs: HOLD_MS, fullDuplex: full };
    return [
      {
        name: `bidi stream, ${duplex} duplex, after one reply`,
        method: "bidiStream",
        steps: [
          send({ ...plan, data: texts("one") }),
          ...(full ? [] : [finish]),
          receive(1),
          cancel,
        ],
        expect: { ...cancelled, replies: [{ payload: "one" }] },
      },
      {
        name: `bidi stream, ${duplex} duplex, before it has finished sending`,
        method: "bidiStream",
        steps: [send(plan), handled, cancel],
        expect: { ...cancelled, replies: [] },
      },
      {
        name: `bidi stream, ${duplex} duplex, after it has finished sending`,
        method: "bidiStream",
        steps: [send(plan), handled, finish, wait(5), cancel],
        expect: { ...cancelled, replies: [] },
      },
    ];
  }),
  {
    name: "before the call begins: nothing is sent",
    method: "unary",
    steps: [cancel, send({ data: texts("x") })],
    expect: { code: 1, replies: [], server: { calls: 0 } },
  },
  {
    name: "twice",
    method: "unary",
    steps: [waits, handled, cancel, cancel],
    expect: { ...cancelled, replies: [] },
  },
  {
    name: "after the last reply changes nothing",
    method: "bidiStream",
    steps: [send({ data: texts("one"), fullDuplex: true }), finish, receive(2), cancel],
    expect: { code: 0, replies: [{ payload: "one" }], server: { calls: 1, aborted: false } },
  },
  {
    name: "server stream: leaving the loop is enough",
    method: "serverStream",
    steps: [held("one", "two"), receive(1), leave],
    expect: { code: 0, replies: [{ payload: "one" }], server: aborted },
  },
  {
    name: "bidi stream: leaving the loop is enough",
    method: "bidiStream",
    steps: [held("one"), receive(1), leave],
    expect: { code: 0, replies: [{ payload: "one" }], server: aborted },
  },
]);
