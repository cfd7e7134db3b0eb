import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import { fail, finish, handled, receive, send, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

const CODES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 101];
const UNICODE = "Fehler: ünïcödé ☺ 😈 \u0000 \u200f";
const details = [
  { key: "reason", value: "conformance" },
  { key: "ünï", value: "☺" },
];
const failure = { code: 9, message: "as planned" };
const failed = { code: 9, message: "as planned" };

export const errorRows: readonly CallRow[] = callRows("errors", [
  ...CODES.flatMap((code) =>
    (["unary", "serverStream"] as const).map(
      (method): CallFields => ({
        name: `code ${code} (${method})`,
        method,
        steps: [send({ code, message: `failed with ${code}` })],
        expect: { code, message: `failed with ${code}`, replies: [], server: { calls: 1 } },
      }),
    ),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `with details (${method})`,
      method,
      metadata: [["x-asked", "yes"]],
      steps: [send({ ...failure, details }), finish],
      expect: { ...failed, details: { reason: "conformance", ünï: "☺" }, replies: [] },
    }),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `with a text of many kinds (${method})`,
      method,
      steps: [send({ code: 5, message: UNICODE }), finish],
      expect: { code: 5, message: UNICODE, replies: [] },
    }),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `without a text (${method})`,
      method,
      steps: [send({ code: 10 }), finish],
      expect: { code: 10, message: "", details: {}, replies: [] },
    }),
  ),
  {
    name: "after two replies (serverStream)",
    method: "serverStream",
    steps: [send({ ...failure, data: texts("one", "two") })],
    expect: { ...failed, replies: [{ payload: "one" }, { payload: "two" }] },
  },
  {
    name: "after two replies (bidiStream, full duplex)",
    method: "bidiStream",
    steps: [
      send({ data: texts("one"), fullDuplex: true }),
      receive(1),
      send({ ...failure, data: texts("two"), fullDuplex: true }),
    ],
    expect: { ...failed, replies: [{ payload: "one" }, { payload: "two" }] },
  },
  {
    name: "after two replies (bidiStream, half duplex)",
    method: "bidiStream",
    steps: [send({ ...failure, data: texts("one", "two") }), finish],
    expect: { ...failed, replies: [{ payload: "one" }, { payload: "two" }] },
  },
  {
    name: "before the requests have ended (bidiStream)",
    method: "bidiStream",
    steps: [send({ ...failure, fullDuplex: true })],
    expect: { ...failed, replies: [] },
  },
  {
    name: "after one request (clientStream)",
    method: "clientStream",
    steps: [send(failure), finish],
    expect: { ...failed, replies: [], server: { calls: 1 } },
  },
  {
    name: "after many requests (clientStream)",
    method: "clientStream",
    steps: [send(), send(), send(), send(failure), finish],
    expect: { ...failed, replies: [], server: { calls: 1 } },
  },
  {
    name: "before the requests have ended (clientStream)",
    method: "clientStream",
    steps: [send({ expectCompressed: true }), receive(0)],
    expect: { code: 3, message: "the message is not compressed", replies: [] },
  },
  {
    name: "a long text is cut to 4096 characters",
    method: "unary",
    steps: [send({ code: 9, message: "x".repeat(5000) })],
    expect: { code: 9, message: `${"x".repeat(4093)}...`, replies: [] },
  },
  {
    name: "the client's source of requests throws (clientStream)",
    method: "clientStream",
    steps: [send(), handled, fail],
    expect: {
      code: 2,
      message: "the source of the requests failed",
      replies: [],
      server: { aborted: true },
    },
  },
]);
