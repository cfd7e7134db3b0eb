import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import { cancel, finish, receive, send, texts, wait, zeros } from "../row-kinds/step.ts";

const LARGE = { payload: zeros(271_828), sizes: [314_159] };
const large = { code: 0, replies: [{ zeros: 314_159, bytes: 271_828, items: 1 }] };
const PING_PONG = [
  [27_182, 31_415],
  [8, 9],
  [1828, 2653],
  [45_904, 58_979],
] as const;
const SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n\u0001\u007f";

export const grpcRows: readonly CallRow[] = callRows("grpc", [
  {
    name: "empty_unary",
    method: "emptyUnary",
    steps: [send()],
    expect: { code: 0, replies: [{}] },
  },
  {
    name: "large_unary",
    method: "unary",
    steps: [send(LARGE)],
    expect: large,
  },
  {
    name: "concurrent_large_unary",
    method: "unary",
    steps: [send(LARGE)],
    repeat: { times: 1000, quick: 40, at: "once" },
    expect: large,
  },
  {
    name: "client_streaming",
    method: "clientStream",
    steps: [...[27_182, 8, 1828, 45_904].map((size) => send({ payload: zeros(size) })), finish],
    expect: { code: 0, replies: [{ bytes: 74_922, items: 4 }] },
  },
  {
    name: "server_streaming",
    method: "serverStream",
    steps: [send({ sizes: [31_415, 9, 2653, 58_979] })],
    expect: {
      code: 0,
      replies: [31_415, 9, 2653, 58_979].map((size) => ({ zeros: size })),
    },
  },
  {
    name: "ping_pong",
    method: "bidiStream",
    steps: [
      ...PING_PONG.flatMap(([ping, pong]) => [
        send({ payload: zeros(ping), sizes: [pong], fullDuplex: true }),
        receive(1),
      ]),
      finish,
    ],
    expect: {
      code: 0,
      replies: PING_PONG.map(([, pong], index) => ({ zeros: pong, items: index + 1 })),
    },
  },
  {
    name: "empty_stream",
    method: "bidiStream",
    steps: [finish],
    expect: { code: 0, replies: [] },
  },
  ...(["unary", "bidiStream"] as const).flatMap((method): CallFields[] => [
    {
      name: `custom_metadata (${method})`,
      method,
      metadata: [["x-grpc-test-echo-initial", "test_initial_metadata_value"]],
      steps: [send({ data: texts("x") }), finish],
      expect: {
        code: 0,
        replies: [{ metadata: [["x-grpc-test-echo-initial", "test_initial_metadata_value"]] }],
      },
    },
    {
      name: `status_code_and_message (${method})`,
      method,
      steps: [send({ code: 2, message: "test status message" }), finish],
      expect: { code: 2, message: "test status message", replies: [] },
    },
    {
      name: `special_status_message (${method})`,
      method,
      steps: [send({ code: 2, message: SPECIAL }), finish],
      expect: { code: 2, message: SPECIAL, replies: [] },
    },
  ]),
  {
    name: "cancel_after_begin",
    method: "clientStream",
    steps: [cancel],
    expect: { code: 1, replies: [] },
  },
  {
    name: "cancel_after_first_response",
    method: "bidiStream",
    steps: [send({ data: texts("x"), fullDuplex: true }), receive(1), cancel],
    expect: { code: 1, replies: [{ payload: "x" }], server: { aborted: true } },
  },
  {
    name: "timeout_on_sleeping_server",
    method: "bidiStream",
    timeoutMs: 1,
    steps: [send({ data: [zeros(27_182)], fullDuplex: true }), wait(20)],
    expect: { code: 4, ms: [0, 5000] },
  },
  {
    name: "rpc_soak",
    method: "unary",
    steps: [send(LARGE)],
    repeat: { times: 1000, quick: 20, at: "inTurn" },
    expect: { ...large, ms: [0, 1000] },
  },
  {
    name: "channel_soak",
    method: "unary",
    steps: [send(LARGE)],
    repeat: { times: 1000, quick: 10, at: "inTurn", fresh: true },
    expect: { ...large, ms: [0, 1000] },
  },
]);
