import { bytes, end, frame, frameOf, header, request, slowly } from "../../row-kinds/raw-part.ts";
import { texts } from "../../row-kinds/step.ts";
import { answered, framing, hello, type RawCase } from "./raw-case.ts";

const HEADER = 0x04;
const ROW_SCHEMA = 0x08;
const CALL = 0x10;
const CANCEL = 0x20;
const END_STREAM = 0x40;

/** Malformed frames and unexpected flags. */
export const unexpectedFrames: readonly RawCase[] = [
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
    [frameOf(0, "x"), bytes(...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")), end],
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
];
