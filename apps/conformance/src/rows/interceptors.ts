import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import { finish, send, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

/** Methods whose requests can be sent twice. */
const REPEATABLE = ["unary", "serverStream"] as const;

export const interceptorRows: readonly CallRow[] = callRows("interceptors", [
  ...REPEATABLE.map(
    (method): CallFields => ({
      name: `one of the client's makes the call twice (${method})`,
      method,
      setup: { clientInterceptors: ["repeats"] },
      steps: [send({ data: texts("x") })],
      expect: { code: 0, replies: [{ payload: "x" }], server: { calls: 2 } },
    }),
  ),
  ...patterns.flatMap((method): CallFields[] => [
    {
      name: `the client's, on the way in: the first is the outermost (${method})`,
      method,
      setup: { clientInterceptors: ["a", "b"] },
      metadata: [["way", "caller"]],
      steps: [send({ data: texts("x") }), finish],
      expect: {
        code: 0,
        replies: [
          {
            payload: "x",
            metadata: [
              ["way", "caller"],
              ["way", "a"],
              ["way", "b"],
            ],
          },
        ],
      },
    },
    {
      name: `the client's, on the way out (${method})`,
      method,
      setup: { clientInterceptors: ["outer", "inner"] },
      steps: [send({ code: 9, message: "no" }), finish],
      expect: { code: 9, message: "no>inner>outer", replies: [] },
    },
    {
      name: `the server's, on the way in: the first is the outermost (${method})`,
      method,
      setup: { serverInterceptors: ["tellsA", "tellsB"] },
      steps: [send({ data: texts("x"), trailer: [{ key: "way", value: "handler" }] }), finish],
      expect: {
        code: 0,
        replies: [{ payload: "x" }],
        trailer: [
          ["way", "a"],
          ["way", "b"],
          ["way", "handler"],
        ],
      },
    },
    {
      name: `the server's, on the way out (${method})`,
      method,
      setup: { serverInterceptors: ["outer", "inner"] },
      steps: [send({ code: 9, message: "no" }), finish],
      expect: { code: 9, message: "no>inner>outer", replies: [] },
    },
    {
      name: `one of the client's gives the answer: nothing is sent (${method})`,
      method,
      setup: { clientInterceptors: ["answers"] },
      steps: [send(), finish],
      expect: { code: 0, replies: [{ payload: "canned" }], server: { calls: 0 } },
    },
    {
      name: `one of the server's gives the answer: the handler is not called (${method})`,
      method,
      setup: { serverInterceptors: ["answers"] },
      steps: [send(), finish],
      expect: { code: 0, replies: [{ payload: "canned" }], server: { calls: 0 } },
    },
    {
      name: `one of the client's refuses: nothing is sent (${method})`,
      method,
      setup: { clientInterceptors: ["refuses"] },
      steps: [send(), finish],
      expect: { code: 7, message: "refused on the way", replies: [], server: { calls: 0 } },
    },
    {
      name: `one of the server's refuses: the handler is not called (${method})`,
      method,
      setup: { serverInterceptors: ["refuses"] },
      steps: [send(), finish],
      expect: { code: 7, message: "refused on the way", replies: [], server: { calls: 0 } },
    },
    {
      name: `an error is mapped (${method})`,
      method,
      setup: { serverInterceptors: ["outer", "maps"] },
      steps: [send({ code: 10, message: "no" }), finish],
      expect: {
        code: 5,
        message: "no>outer",
        replies: [],
      },
    },
    {
      name: `an exception that is not a status stays with the server (${method})`,
      method,
      setup: { serverInterceptors: ["breaks"] },
      steps: [send(), finish],
      expect: { code: 2, concealed: true, replies: [], server: { calls: 0 } },
    },
  ]),
]);
