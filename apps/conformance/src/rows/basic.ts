import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import { finish, receive, send, text, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

const payload = text("request");

export const basicRows: readonly CallRow[] = callRows("basic", [
  {
    name: "unary",
    method: "unary",
    steps: [send({ payload, data: texts("reply") })],
    expect: {
      code: 0,
      replies: [{ payload: "reply", items: 1, bytes: 7, peer: "client", roles: [] }],
      server: { calls: 1, aborted: false },
    },
  },
  {
    name: "client stream",
    method: "clientStream",
    steps: [send({ payload, data: texts("reply") }), send({ payload }), send({ payload }), finish],
    expect: {
      code: 0,
      // the plan of the last request counts
      replies: [{ payload: "", items: 3, bytes: 21 }],
      server: { calls: 1, aborted: false },
    },
  },
  {
    name: "client stream without requests",
    method: "clientStream",
    steps: [finish],
    expect: { code: 0, replies: [{ items: 0, bytes: 0 }] },
  },
  {
    name: "client stream: who calls",
    method: "clientStream",
    steps: [send(), finish],
    expect: { code: 0, replies: [{ peer: "client" }] },
  },
  {
    name: "server stream",
    method: "serverStream",
    steps: [send({ payload, data: texts("one", "two", "three") })],
    expect: {
      code: 0,
      replies: [{ payload: "one", bytes: 7 }, { payload: "two" }, { payload: "three" }],
      server: { calls: 1, aborted: false },
    },
  },
  {
    name: "server stream without replies",
    method: "serverStream",
    steps: [send()],
    expect: { code: 0, replies: [], server: { calls: 1 } },
  },
  {
    name: "server stream of a thousand",
    method: "serverStream",
    steps: [send({ sizes: Array.from({ length: 1000 }, (_, n) => n) })],
    expect: { code: 0, replies: Array.from({ length: 1000 }, (_, zeros) => ({ zeros })) },
  },
  {
    name: "bidi stream, full duplex",
    method: "bidiStream",
    steps: [
      send({ data: texts("one"), fullDuplex: true }),
      receive(1),
      send({ data: texts("two", "three"), fullDuplex: true }),
      receive(2),
      finish,
    ],
    expect: {
      code: 0,
      replies: [
        { payload: "one", items: 1 },
        { payload: "two", items: 2 },
        { payload: "three", items: 2 },
      ],
      server: { calls: 1, aborted: false },
    },
  },
  {
    name: "bidi stream, half duplex",
    method: "bidiStream",
    steps: [send({ data: texts("one", "two") }), send({ data: texts("three") }), finish],
    expect: {
      code: 0,
      replies: [
        { payload: "one", items: 2 },
        { payload: "two", items: 2 },
        { payload: "three", items: 2 },
      ],
    },
  },
  {
    name: "bidi stream, full duplex, without replies",
    method: "bidiStream",
    steps: [send({ fullDuplex: true }), send({ fullDuplex: true }), finish],
    expect: { code: 0, replies: [] },
  },
  {
    name: "bidi stream, half duplex, without replies",
    method: "bidiStream",
    steps: [send(), send(), finish],
    expect: { code: 0, replies: [] },
  },
  {
    name: "bidi stream without requests",
    method: "bidiStream",
    steps: [finish],
    expect: { code: 0, replies: [] },
  },
  ...patterns.map(
    (method): CallFields => ({
      name: `a request with nothing but defaults (${method})`,
      method,
      steps: [send(), finish],
      expect: {
        code: 0,
        replies:
          method === "unary" || method === "clientStream"
            ? [{ payload: "", items: 1, bytes: 0, metadata: [], remainingMs: [-1, -1] }]
            : [],
      },
    }),
  ),
  {
    name: "messages without fields (unary)",
    method: "emptyUnary",
    steps: [send()],
    expect: { code: 0, replies: [{}] },
  },
  {
    name: "messages without fields (serverStream)",
    method: "emptyServerStream",
    steps: [send()],
    expect: { code: 0, replies: [{}, {}] },
  },
  {
    name: "messages without fields (clientStream)",
    method: "emptyClientStream",
    steps: [send(), send(), finish],
    expect: { code: 0, replies: [{}] },
  },
  {
    name: "messages without fields (bidiStream)",
    method: "emptyBidiStream",
    steps: [send(), receive(1), send(), receive(1), finish],
    expect: { code: 0, replies: [{}, {}] },
  },
]);
