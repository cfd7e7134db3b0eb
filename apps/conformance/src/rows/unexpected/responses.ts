import {
  bytes,
  COMPRESSED,
  close,
  compressed,
  end,
  frame,
  frameOf,
  header,
  type RawPart,
  reply,
  request,
  reset,
  status,
  statusIn,
} from "../../row-kinds/raw-part.ts";
import type { RawServerRow } from "../../row-kinds/raw-row.ts";
import type { Only } from "../../row-kinds/setup.ts";
import { text } from "../../row-kinds/step.ts";
import type { MethodName } from "../../service/definitions.ts";

const TRAILER = 0x02;
const ROW_SCHEMA = 0x08;
const ALL = ["unary", "serverStream", "clientStream", "bidiStream"] as const;
const SINGLE = ["unary", "clientStream"] as const;
const STREAMS = ["serverStream", "bidiStream"] as const;
const xlang: Only = { mode: "xlang" };
const json: Only = { mode: "json" };

const one = reply({ payload: text("one") });
const two = reply({ payload: text("two") });
const got = { code: 0, replies: [{ payload: "one" }] };
/**
 * A failed call has no reply if its method has only one; a stream yields its replies as they
 * arrive.
 */
const failed = (code: number, message?: string): RawServerRow["expect"] => ({
  code,
  ...(message === undefined ? {} : { message }),
});

type Fields = readonly [
  name: string,
  methods: readonly MethodName[],
  parts: readonly RawPart[],
  expect: RawServerRow["expect"],
  only?: Only,
];

const cases: readonly Fields[] = [
  ["as it should be", ALL, [one, status(), end], got],
  ["as it should be, compressed", ALL, [compressed(one), status(), end], got],
  ["no trailer", ALL, [one, end], failed(13, "the stream ended without a status")],
  ["nothing", ALL, [end], { ...failed(13, "the stream ended without a status"), replies: [] }],
  ["OK without a reply", SINGLE, [status(), end], { ...failed(13), replies: [] }],
  ["OK without a reply", STREAMS, [status(), end], { code: 0, replies: [] }],
  ["two replies", SINGLE, [one, two, status(), end], { ...failed(13), replies: [] }],
  ["an unknown code", ALL, [status({ code: 17, message: "new" }), end], failed(17, "new")],
  ["a code from far away", ALL, [status({ code: 9999 }), end], failed(9999, "")],
  ["a negative code", ALL, [status({ code: -1 }), end], failed(-1, "")],
  [
    "a failure alone",
    ALL,
    [status({ code: 7, message: "no" }), end],
    { ...failed(7, "no"), replies: [] },
  ],
  [
    "a failure with details, one of them twice",
    ALL,
    [status({ code: 7, detailKeys: ["a", "b", "a"], detailValues: ["1", "2", "3"] }), end],
    { code: 7, details: { a: "3", b: "2" } },
  ],
  [
    "more keys of details than values",
    ALL,
    [status({ code: 7, detailKeys: ["a", "b"], detailValues: ["1"] }), end],
    { code: 7, details: { a: "1" } },
  ],
  [
    "a failure after a reply",
    SINGLE,
    [one, status({ code: 7, message: "no" }), end],
    { ...failed(7, "no"), replies: [] },
  ],
  [
    "a failure after a reply",
    STREAMS,
    [one, status({ code: 7, message: "no" }), end],
    { ...failed(7, "no"), replies: [{ payload: "one" }] },
  ],
  ["a status of garbage", ALL, [one, frame(TRAILER, 9, 9, 9), end], failed(13)],
  ["a status of broken JSON", ALL, [one, frameOf(TRAILER, '{"code":'), end], failed(13)],
  [
    "a status of more than 64 KiB",
    ALL,
    [status({ code: 7, message: "x".repeat(70_000) }), end],
    failed(13),
  ],
  ["an empty trailer is a good end", ALL, [one, frame(TRAILER), end], got],
  ["a trailer in JSON", ALL, [one, statusIn("json"), end], got],
  ["a trailer in Fory", ALL, [one, statusIn("xlang"), end], got],
  [
    "a failure in Fory, of a JSON call",
    ALL,
    [statusIn("xlang", { code: 5, message: "no" }), end],
    failed(5, "no"),
    json,
  ],
  ["a reply in JSON, of an XLANG call", ALL, [frameOf(0, "{}"), status(), end], failed(13), xlang],
  [
    "a reply in Fory, of a JSON call",
    ALL,
    [frame(0, 2, 0xff, 0x1d), status(), end],
    failed(13),
    json,
  ],
  ["a reply of another type", ALL, [request(), status(), end], failed(101)],
  ["a reply of garbage", ALL, [frame(0, 0xff, 0xfe), status(), end], failed(13)],
  ["a reply without bytes", ALL, [frame(0), status(), end], failed(13)],
  ["COMPRESSED, but it is not", ALL, [reply({}, COMPRESSED), status(), end], failed(13)],
  ["a header from the server", ALL, [header(), one, status(), end], { ...failed(13), replies: [] }],
  ["a header after a reply", ALL, [one, header(), status(), end], failed(13)],
  ["a call of a session from the server", ALL, [frame(0x10, 1), end], failed(13)],
  ["CANCEL from the server", ALL, [frame(0x20), end], failed(13)],
  ["a row schema is passed over", ALL, [frame(ROW_SCHEMA, 1), one, status(), end], got],
  [
    "frames after the trailer are ignored",
    ALL,
    [one, status(), two, status({ code: 7 }), end],
    got,
  ],
  ["a frame of no length", ALL, [bytes(0, 0, 0, 0), end], failed(13, "received zero-length frame")],
  [
    "a frame of 4 GiB",
    ALL,
    [bytes(255, 255, 255, 255), end],
    failed(13, "frame size 4294967295 exceeds maximum 16777216"),
  ],
  [
    "the end within a frame",
    ALL,
    [bytes(9, 0, 0, 0, 0, 1), end],
    failed(13, "incomplete frame: expected 9 bytes, got 2"),
  ],
  ["rst_after_header: a reset at once", ALL, [reset(13)], { ...failed(14), replies: [] }],
  [
    "rst_during_data: a reset within a reply",
    ALL,
    [bytes(9, 0, 0, 0, 0, 1), reset(13)],
    { ...failed(14), replies: [] },
  ],
  [
    "rst_after_data: a reset after a reply",
    SINGLE,
    [one, reset(13)],
    { ...failed(14), replies: [] },
  ],
  ["rst_after_data: a reset after a reply", STREAMS, [one, reset(13)], failed(14)],
  ["a reset with code 8: not looked at", ALL, [reset(8)], { ...failed(14), replies: [] }],
  ["the connection is closed", ALL, [close(1)], { ...failed(14), replies: [] }],
  ["the connection is closed: not admitted", ALL, [close(403)], { ...failed(16), replies: [] }],
];

export const unexpectedResponseRows: readonly RawServerRow[] = cases.flatMap(
  ([name, methods, parts, expect, only]) =>
    methods.map(
      (method): RawServerRow => ({
        kind: "rawServer",
        suite: "unexpected-responses",
        name: `${name} (${method})`,
        method,
        parts,
        expect,
        ...(only === undefined ? {} : { only }),
      }),
    ),
);
