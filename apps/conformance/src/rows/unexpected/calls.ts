import { end, header, headerDueIn, status } from "../../row-kinds/raw-part.ts";
import { answered, hello, json, type RawCase, SERVICE, slow, xlang } from "./raw-case.ts";

const cardinality = (method: string) => ({
  code: 3,
  message: `${SERVICE}.${method} takes one request, not several`,
  details: { reason: "cardinality" },
});

/** Calls with a wrong number of requests, a wrong method, mode or deadline. */
export const unexpectedCalls: readonly RawCase[] = [
  // number of requests
  ["no request (unary)", [header(), end], { code: 14, message: "Stream ended" }],
  [
    "no request (serverStream)",
    [header({ method: "serverStream" }), end],
    { code: 14, message: "Stream ended" },
  ],
  ["two requests (unary)", [header(), slow, hello, end], cardinality("unary")],
  [
    "two requests (serverStream)",
    [header({ method: "serverStream" }), slow, hello, end],
    cardinality("serverStream"),
  ],
  [
    "a trailer instead of the request",
    [header(), status(), end],
    { code: 14, message: "Unexpected trailer" },
  ],
  // service and method
  ["no service", [header({ service: "" }), end], { code: 3, message: "Missing service name" }],
  [
    "an unknown service",
    [header({ service: "Nope" }), hello, end],
    { code: 5, message: "Service 'Nope' v1 not found" },
  ],
  ...["__proto__", "constructor", "toString"].flatMap((name): RawCase[] => [
    [
      `the service ${name}`,
      [header({ service: name }), hello, end],
      { code: 5, message: `Service '${name}' v1 not found` },
    ],
    [
      `the method ${name}`,
      [header({ method: name }), hello, end],
      { code: 12, message: `Method '${SERVICE}.${name}' not implemented` },
    ],
  ]),
  ["an unknown version", [header({ version: 2 }), hello, end], { code: 5 }],
  ["version 0", [header({ version: 0 }), hello, end], { code: 5 }],
  [
    "an unknown method",
    [header({ method: "nope" }), hello, end],
    { code: 12, message: `Method '${SERVICE}.nope' not implemented` },
  ],
  [
    "a session on a shared service",
    [header({ method: "" }), end],
    {
      code: 9,
      message: `'${SERVICE}' is shared: send a method name instead of opening a session stream (method='')`,
    },
  ],
  ["a service name of 257 characters", [header({ service: "s".repeat(257) }), end], { code: 3 }],
  ["a method name of 257 characters", [header({ method: "m".repeat(257) }), end], { code: 3 }],
  // modes
  ...[1, 2, 7, -1].map(
    (serializationMode): RawCase => [
      `the mode ${serializationMode}`,
      [header({ serializationMode }), hello, end],
      { code: 3, message: `Unsupported serialization mode: ${serializationMode}` },
      xlang,
    ],
  ),
  [
    "a header in JSON makes it a JSON call, whatever its mode",
    [header({ serializationMode: 0 }), hello, end],
    answered,
    json,
  ],
  // deadlines
  ["a deadline that is long past", [headerDueIn(-5000), hello, end], { code: 4 }],
  ["a deadline that is just past: clocks differ", [headerDueIn(-50), hello, end], answered],
  ["a deadline before 1970", [header({ deadlineEpochMs: -1 }), hello, end], { code: 4 }],
  [
    "a deadline in the farthest future",
    [header({ deadlineEpochMs: Number.MAX_SAFE_INTEGER }), hello, end],
    answered,
  ],
];
