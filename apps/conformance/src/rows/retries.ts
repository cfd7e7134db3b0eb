import {
  type CallFields,
  type CallRow,
  callRows,
  type MetadataList,
} from "../row-kinds/call-row.ts";
import { finish, send, texts } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

/** The methods whose calls the client can repeat; the others have sent requests of their source. */
const repeatable = ["unary", "serverStream"] as const;
const streaming = ["clientStream", "bidiStream"] as const;
const setup = { idempotent: true } as const;

/** The first attempts of the call fail with UNAVAILABLE. */
const failFirst = (attempts: number): MetadataList => [["fail-first", String(attempts)]];

export const retryRows: readonly CallRow[] = callRows("retries", [
  ...repeatable.flatMap((method): CallFields[] => [
    {
      name: `an idempotent method is called again after UNAVAILABLE (${method})`,
      method,
      setup,
      metadata: failFirst(2),
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 0, replies: [{ payload: "x" }], server: { calls: 3 } },
    },
    {
      name: `the third attempt is the last (${method})`,
      method,
      setup,
      metadata: failFirst(9),
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 14, message: "attempt 3", replies: [], server: { calls: 3 } },
    },
    {
      name: `other codes end the call (${method})`,
      method,
      setup,
      steps: [send({ code: 10, message: "conflict" }), finish],
      expect: { code: 10, message: "conflict", replies: [], server: { calls: 1 } },
    },
    {
      name: `a negative push-back ends the call (${method})`,
      method,
      setup,
      steps: [
        send({ code: 14, trailer: [{ key: "aster-retry-pushback-ms", value: "-1" }] }),
        finish,
      ],
      expect: { code: 14, replies: [], server: { calls: 1 } },
    },
  ]),
  {
    name: "no attempt follows the first reply",
    method: "serverStream",
    setup,
    steps: [send({ data: texts("x"), code: 14, message: "late" }), finish],
    expect: { code: 14, message: "late", replies: [{ payload: "x" }], server: { calls: 1 } },
  },
  ...streaming.map(
    (method): CallFields => ({
      name: `requests of a source are sent once (${method})`,
      method,
      setup,
      metadata: failFirst(2),
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 14, message: "attempt 1", replies: [], server: { calls: 1 } },
    }),
  ),
  ...patterns.map(
    (method): CallFields => ({
      name: `a method that is not idempotent is called once (${method})`,
      method,
      metadata: failFirst(2),
      steps: [send({ data: texts("x") }), finish],
      expect: { code: 14, message: "attempt 1", replies: [], server: { calls: 1 } },
    }),
  ),
]);
