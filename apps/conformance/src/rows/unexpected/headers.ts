import { COMPRESSED, end, frame, frameOf, header } from "../../row-kinds/raw-part.ts";
import { answered, framing, hello, type RawCase } from "./raw-case.ts";

const HEADER = 0x04;
const TRAILER = 0x02;
const ROW_SCHEMA = 0x08;
const CALL = 0x10;
const CANCEL = 0x20;
const pairs = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

/** Malformed headers and metadata. */
export const unexpectedHeaders: readonly RawCase[] = [
  // the header
  ["no header first", [hello, end], framing("First frame must have HEADER flag")],
  ["a header of garbage", [frame(HEADER, 1, 2, 3), end], framing("Invalid StreamHeader")],
  ["a header without bytes", [frame(HEADER), end], framing("Invalid StreamHeader")],
  [
    "a header in JSON with an unknown key",
    [frameOf(HEADER, '{"service":"x","bogus":1}'), end],
    framing("Invalid StreamHeader"),
  ],
  ...[TRAILER, ROW_SCHEMA, CALL, CANCEL, COMPRESSED].map(
    (flag): RawCase => [
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
];
