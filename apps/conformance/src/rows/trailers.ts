import {
  type CallFields,
  type CallRow,
  callRows,
  type MetadataList,
} from "../row-kinds/call-row.ts";
import type { PairList } from "../row-kinds/expectation.ts";
import { finish, send, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

const INITIAL = "x-grpc-test-echo-initial";
const BINARY = "x-grpc-test-echo-trailing-bin";
const AB_AB_AB = "q6ur";
const sent: MetadataList = [
  [INITIAL, "test_initial_metadata_value"],
  [BINARY, Uint8Array.of(0xab, 0xab, 0xab)],
];
const seen: PairList = [
  [INITIAL, "test_initial_metadata_value"],
  [BINARY, AB_AB_AB],
];
const twice: PairList = [
  ["x-two", "first"],
  ["x-one", "only ☺"],
  ["x-two", "second"],
  ["x-two", "first"],
];
const trailer = twice.map(([key, value]) => ({ key, value }));
const details = [{ key: "reason", value: "conformance" }];

export const trailerRows: readonly CallRow[] = callRows("trailers", [
  ...(["unary", "bidiStream"] as const).map(
    (method): CallFields => ({
      name: `custom_metadata: bytes there and back (${method})`,
      method,
      metadata: sent,
      steps: [send({ data: texts("x"), trailer: [{ key: BINARY, value: AB_AB_AB }] }), finish],
      expect: {
        code: 0,
        replies: [{ payload: "x", metadata: seen }],
        trailer: [[BINARY, AB_AB_AB]],
      },
    }),
  ),
  ...patterns.flatMap((method): CallFields[] => [
    {
      name: `of a good end, order and multiplicity kept (${method})`,
      method,
      steps: [send({ data: texts("x"), trailer }), finish],
      expect: { code: 0, replies: [{ payload: "x" }], trailer: twice },
    },
    {
      name: `of a failure, after its details (${method})`,
      method,
      steps: [send({ code: 9, message: "as planned", details, trailer }), finish],
      expect: {
        code: 9,
        message: "as planned",
        replies: [],
        trailer: [["reason", "conformance"], ...twice],
      },
    },
    {
      name: `none (${method})`,
      method,
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 0, replies: [{ payload: "x" }], trailer: [] },
    },
  ]),
  {
    name: "bytes under a key for text are refused",
    method: "unary",
    metadata: [["x-text", Uint8Array.of(1)]],
    steps: [send()],
    expect: { code: 3, replies: [], server: { calls: 0 } },
  },
  {
    name: "text under a key for bytes has to be base64",
    method: "unary",
    metadata: [["x-bin", "%%%"]],
    steps: [send()],
    expect: { code: 3, replies: [], server: { calls: 0 } },
  },
]);
