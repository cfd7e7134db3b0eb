import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import type { PairList } from "../row-kinds/expectation.ts";
import { finish, send, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

const twice: PairList = [
  ["x-two", "first"],
  ["x-one", "only"],
  ["x-two", "second"],
  ["x-two", "first"],
];
const odd: PairList = [
  ["ünï ☺", "wert \u0000 \r\n"],
  ["empty", ""],
  ["__proto__", "x"],
  ["constructor", "y"],
  ["X-Case", "Kept"],
];
const many: PairList = Array.from({ length: 64 }, (_, n): [string, string] => [`k${n}`, `${n}`]);
const refused = { code: 8, replies: [], server: { calls: 0 } } as const;

export const metadataRows: readonly CallRow[] = callRows("metadata", [
  ...patterns.map(
    (method): CallFields => ({
      name: `order and multiplicity are kept (${method})`,
      method,
      metadata: twice,
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 0, replies: [{ payload: "x", metadata: twice }] },
    }),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `with a failure (${method})`,
      method,
      metadata: twice,
      steps: [send({ code: 5, message: "no", details: [{ key: "a", value: "b" }] }), finish],
      expect: { code: 5, message: "no", details: { a: "b" }, replies: [] },
    }),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `none (${method})`,
      method,
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 0, replies: [{ payload: "x", metadata: [] }] },
    }),
  ),
  {
    name: "odd keys and values",
    method: "unary",
    metadata: odd,
    steps: [send()],
    expect: { code: 0, replies: [{ metadata: odd }] },
  },
  {
    name: "64 pairs",
    method: "unary",
    metadata: many,
    steps: [send()],
    expect: { code: 0, replies: [{ metadata: many }] },
  },
  {
    name: "65 pairs",
    method: "unary",
    metadata: [...many, ["one", "more"]],
    steps: [send()],
    expect: refused,
  },
  {
    name: "a key of 257 characters",
    method: "unary",
    metadata: [["k".repeat(257), "v"]],
    steps: [send()],
    expect: refused,
  },
  {
    name: "a value of 4097 characters",
    method: "unary",
    metadata: [["k", "v".repeat(4097)]],
    steps: [send()],
    expect: refused,
  },
  {
    name: "8192 bytes in all",
    method: "unary",
    metadata: [
      ["a", "v".repeat(4095)],
      ["b", "v".repeat(4095)],
    ],
    steps: [send()],
    expect: {
      code: 0,
      replies: [
        {
          metadata: [
            ["a", "v".repeat(4095)],
            ["b", "v".repeat(4095)],
          ],
        },
      ],
    },
  },
  {
    name: "8193 bytes in all",
    method: "unary",
    metadata: [
      ["a", "v".repeat(4096)],
      ["b", "v".repeat(4095)],
    ],
    steps: [send()],
    expect: refused,
  },
  {
    name: "an empty key",
    method: "unary",
    metadata: [["", "v"]],
    steps: [send()],
    expect: { code: 3, replies: [], server: { calls: 0 } },
  },
]);
