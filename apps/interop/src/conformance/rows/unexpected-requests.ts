import { compressPayload } from "@aster/codec";
import {
  bytes,
  COMPRESSED,
  dueIn,
  end,
  frame,
  header,
  type RawPart,
  request,
  said,
  slowly,
  status,
} from "../raw-part.ts";
import type { RawClientRow } from "../raw-row.ts";
import type { Only } from "../row.ts";
import { texts } from "../steps.ts";

const HEADER = 0x04;
const TRAILER = 0x02;
const ROW_SCHEMA = 0x08;
const CALL = 0x10;
const CANCEL = 0x20;
const END_STREAM = 0x40;
const SERVICE = "aster.conformance.Conformance";

const xlang: Only = { mode: "xlang" };
const json: Only = { mode: "json" };
const cardinality = (method: string) => ({
  code: 3,
  message: `${SERVICE}.${method} takes one request, not several`,
  details: { reason: "cardinality" },
});
const hello = request({ data: texts("hello") });
/** The handler is still at work when the next frame comes. */
const slow = request({ data: texts("hello"), delayMs: 10_000 });
const answered = { code: 0, replies: ["hello"] } as const;
const framing = (message: string) => ({ code: 13, message });
const bomb = compressPayload(new Uint8Array(16 * 1024 * 1024 + 1));
const pairs = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

type Fields = readonly [
  name: string,
  parts: readonly RawPart[],
  expect: RawClientRow["expect"],
  only?: Only,
];

const spoken: readonly Fields[] = [
  // how many requests
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
  // where to
  ["no service", [header({ service: "" }), end], { code: 3, message: "Missing service name" }],
  [
    "an unknown service",
    [header({ service: "Nope" }), hello, end],
    { code: 5, message: "Service 'Nope' v1 not found" },
  ],
  ...["__proto__", "constructor", "toString"].flatMap((name): Fields[] => [
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
    (serializationMode): Fields => [
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
  // the header
  ["no header first", [hello, end], framing("First frame must have HEADER flag")],
  ["a header of garbage", [frame(HEADER, 1, 2, 3), end], framing("Invalid StreamHeader")],
  ["a header without bytes", [frame(HEADER), end], framing("Invalid StreamHeader")],
  [
    "a header in JSON with an unknown key",
    [said(HEADER, '{"service":"x","bogus":1}'), end],
    framing("Invalid StreamHeader"),
  ],
  ...[TRAILER, ROW_SCHEMA, CALL, CANCEL, COMPRESSED].map(
    (flag): Fields => [
      `a header with the contradictory flag ${flag}`,
      [header({}, HEADER | flag), hello, end],
      { code: 13 },
    ],
  ),
  ["a second header", [header(), header(), end], { code: 13 }],
  ["a header over 16 KiB", [header({ callId: "c".repeat(17_000) }), end], { code: 8 }],
  ["any call id", [header({ callId: "ü ☺ 1" }), hello, end], answered],
  // metadata
  [
    "more keys than values",
    [header({ metadataKeys: ["a", "b"], metadataValues: ["1"] }), hello, end],
    { code: 3, message: "metadata has 2 keys and 1 values" },
  ],
  [
    "65 pairs of metadata",
    [header({ metadataKeys: pairs(65), metadataValues: pairs(65) }), hello, end],
    { code: 8 },
  ],
  [
    "8193 bytes of metadata",
    [
      header({
        metadataKeys: ["a", "b", "c"],
        metadataValues: ["v".repeat(4095), "v".repeat(4095), ""],
      }),
      hello,
      end,
    ],
    { code: 8 },
  ],
  [
    "a key of 257 characters",
    [header({ metadataKeys: ["k".repeat(257)], metadataValues: [""] }), hello, end],
    { code: 8 },
  ],
  [
    "a value of 4097 characters",
    [header({ metadataKeys: ["k"], metadataValues: ["v".repeat(4097)] }), hello, end],
    { code: 8 },
  ],
  [
    "an empty key",
    [header({ metadataKeys: [""], metadataValues: ["v"] }), hello, end],
    { code: 3 },
  ],
  // deadlines
  ["a deadline that is long past", [dueIn(-5000), hello, end], { code: 4 }],
  ["a deadline that is just past: clocks differ", [dueIn(-50), hello, end], answered],
  ["a deadline before 1970", [header({ deadlineEpochMs: -1 }), hello, end], { code: 4 }],
  [
    "a deadline in the farthest future",
    [header({ deadlineEpochMs: Number.MAX_SAFE_INTEGER }), hello, end],
    answered,
  ],
  // the message
  ["a request without bytes", [header(), frame(0), end], { code: 3 }],
  ["a request of garbage", [header(), frame(0, 0xff, 0xfe, 0xfd), end], { code: 3 }],
  ["a request that ends early", [header(), frame(0, 2, 0xff, 0x1d), end], { code: 3 }, xlang],
  ["a request that is no JSON", [header(), said(0, "{"), end], { code: 3 }, json],
  ["a request with an unknown field", [header(), said(0, '{"bogus":1}'), end], { code: 101 }, json],
  ["a field of another type", [header(), said(0, '{"tag":7}'), end], { code: 3 }, json],
  ["a field of nothing", [header(), said(0, '{"tag":null}'), end], { code: 3 }, json],
  // compression
  ["COMPRESSED, but it is not", [header(), request({}, COMPRESSED), end], { code: 13 }],
  ["COMPRESSED, and nothing", [header(), frame(COMPRESSED), end], { code: 13 }],
  [
    "16 MiB and a byte in a few hundred",
    [header(), said(COMPRESSED, bomb), end],
    { code: 8, details: { reason: "limit.message", limit: "16777216" } },
  ],
  [
    "a window beyond 16 MiB",
    [header(), frame(COMPRESSED, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00), end],
    { code: 8 },
  ],
  // framing
  [
    "a frame of no length",
    [header(), bytes(0, 0, 0, 0), end],
    framing("received zero-length frame"),
  ],
  [
    "a frame of 16 MiB and a byte",
    [header(), bytes(1, 0, 0, 1, 0), end],
    framing("frame size 16777217 exceeds maximum 16777216"),
  ],
  [
    "a frame of 4 GiB",
    [header(), bytes(255, 255, 255, 255), end],
    framing("frame size 4294967295 exceeds maximum 16777216"),
  ],
  [
    "the end within a frame",
    [header(), bytes(10, 0, 0, 0, 0, 1), end],
    framing("incomplete frame: expected 10 bytes, got 2"),
  ],
  [
    "the end within a length",
    [header(), bytes(10, 0, 0), end],
    { code: 14, message: "Stream ended" },
  ],
  [
    "an answer of the web",
    [said(0, "x"), bytes(...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")), end],
    framing("First frame must have HEADER flag"),
  ],
  [
    "a question of the web",
    [bytes(...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")), end],
    framing("frame size 542393671 exceeds maximum 16777216"),
  ],
  ["nothing at all", [end], { code: undefined }],
  ["half a length", [bytes(5, 0), end], { code: undefined }],
  ["a byte at a time", [slowly(header(), hello), end], answered],
  [
    "the flag END_STREAM is tolerated",
    [header(), request({ data: texts("hello") }, END_STREAM), end],
    answered,
  ],
  [
    "unknown flags are ignored",
    [header({}, HEADER | 0x80), request({ data: texts("hello") }, 0x80), end],
    answered,
  ],
  ["a row schema inside a call", [header(), frame(ROW_SCHEMA, 1), end], { code: 13 }],
  ["the next call of a session inside a call", [header(), frame(CALL, 1), end], { code: 13 }],
  ["CANCEL outside of sessions is passed over", [header(), frame(CANCEL), hello, end], answered],
  // the end of many requests
  ["a trailer ends them", [header({ method: "clientStream" }), hello, status()], answered],
  [
    "an empty trailer ends them",
    [header({ method: "clientStream" }), hello, frame(TRAILER)],
    answered,
  ],
  [
    "a trailer of garbage ends them",
    [header({ method: "clientStream" }), hello, frame(TRAILER, 9, 9, 9)],
    answered,
  ],
  [
    "a trailer with an error (clientStream)",
    [header({ method: "clientStream" }), hello, status({ code: 5 }), end],
    framing("client sent non-OK EoI trailer (code=5)"),
  ],
  [
    "a trailer with an error ends them (bidiStream)",
    [header({ method: "bidiStream" }), hello, status({ code: 5 }), end],
    answered,
  ],
  [
    "a request after the trailer (clientStream)",
    [header({ method: "clientStream" }), slow, status(), hello, end],
    framing("a message came after the end of the input"),
  ],
];

export const unexpectedRequestRows: readonly RawClientRow[] = [
  ...spoken.map(
    ([name, parts, expect, only]): RawClientRow => ({
      kind: "rawClient",
      suite: "unexpected-requests",
      name,
      parts,
      expect,
      ...(only === undefined ? {} : { only }),
    }),
  ),
  ...["aster/2", "aster/", "aster/11", "h3"].map(
    (alpn): RawClientRow => ({
      kind: "rawClient",
      suite: "unexpected-requests",
      name: `the protocol ${alpn}`,
      alpn,
      parts: [],
      expect: { code: undefined, ending: "refused" },
    }),
  ),
];
