import { compressPayload } from "@aster/codec";
import {
  COMPRESSED,
  end,
  frame,
  frameOf,
  header,
  request,
  status,
} from "../../row-kinds/raw-part.ts";
import { answered, framing, hello, json, type RawCase, slow, xlang } from "./raw-case.ts";

const TRAILER = 0x02;
const bomb = compressPayload(new Uint8Array(16 * 1024 * 1024 + 1));

/** Malformed messages, wrong compression, and unexpected ends of a request stream. */
export const unexpectedMessages: readonly RawCase[] = [
  // encoding
  ["a request without bytes", [header(), frame(0), end], { code: 3 }],
  ["a request of garbage", [header(), frame(0, 0xff, 0xfe, 0xfd), end], { code: 3 }],
  ["a request that ends early", [header(), frame(0, 2, 0xff, 0x1d), end], { code: 3 }, xlang],
  ["a request that is no JSON", [header(), frameOf(0, "{"), end], { code: 3 }, json],
  [
    "a request with an unknown field",
    [header(), frameOf(0, '{"bogus":1}'), end],
    { code: 101 },
    json,
  ],
  ["a field of another type", [header(), frameOf(0, '{"tag":7}'), end], { code: 3 }, json],
  ["a field of nothing", [header(), frameOf(0, '{"tag":null}'), end], { code: 3 }, json],
  // compression
  ["COMPRESSED, but it is not", [header(), request({}, COMPRESSED), end], { code: 13 }],
  ["COMPRESSED, and nothing", [header(), frame(COMPRESSED), end], { code: 13 }],
  [
    "16 MiB and a byte in a few hundred",
    [header(), frameOf(COMPRESSED, bomb), end],
    { code: 8, details: { reason: "limit.message", limit: "4194304" } },
  ],
  [
    "a window beyond 16 MiB",
    [header(), frame(COMPRESSED, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00), end],
    { code: 8 },
  ],
  // the end of a request stream
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
