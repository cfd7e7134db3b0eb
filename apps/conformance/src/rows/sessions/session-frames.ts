import {
  awaitFrames,
  bytes,
  call,
  callDueIn,
  end,
  frame,
  frameOf,
  header,
  type RawPart,
  request,
  status,
} from "../../row-kinds/raw-part.ts";
import type { RawClientRow } from "../../row-kinds/raw-row.ts";
import type { Only } from "../../row-kinds/setup.ts";
import { texts } from "../../row-kinds/step.ts";

const SERVICE = "aster.conformance.ConformanceSession";
const TRAILER = 0x02;
const ROW_SCHEMA = 0x08;
const CALL = 0x10;
const CANCEL = 0x20;

const open = header({ service: SERVICE, method: "" });
const hello = request({ data: texts("hello") });
/** A request whose handler is still running when the next frame arrives. */
const slow = request({ holdMs: 10_000 });
const slowStream = request({ data: texts("one"), holdMs: 10_000, fullDuplex: true });
const cancel = frame(CANCEL);
const pairs = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

type Fields = readonly [
  name: string,
  parts: readonly RawPart[],
  frames: readonly string[],
  only?: Only,
];

/** Parts after which the session stays open: another call follows. */
const kept: readonly Fields[] = [
  ["unary: a reply and no trailer", [call("unary"), hello], ["hello"]],
  [
    "server stream: replies and a trailer",
    [call("serverStream"), request({ data: texts("one", "two") })],
    ["one", "two", "0 "],
  ],
  [
    "client stream: a trailer ends the requests, the reply has none",
    [call("clientStream"), request(), hello, status()],
    ["hello"],
  ],
  [
    "bidi stream: a trailer ends both",
    [
      call("bidiStream"),
      request({ data: texts("one"), fullDuplex: true }),
      awaitFrames(1),
      status(),
    ],
    ["one", "0 "],
  ],
  [
    "bidi stream: an empty trailer will do",
    [call("bidiStream"), hello, frame(TRAILER)],
    ["hello", "0 "],
  ],
  ["a call id of any kind", [call("unary", { callId: "ü ☺ 1" }), hello], ["hello"]],
  [
    "a failure is a trailer",
    [call("unary"), request({ code: 9, message: "as planned" })],
    ["9 as planned"],
  ],
  ["CANCEL while no call runs", [cancel, awaitFrames(1), cancel], ["1 cancelled", "1 cancelled"]],
  ["CANCEL instead of the request", [call("unary"), cancel], ["1 cancelled"]],
  ["CANCEL of a unary call", [call("unary"), slow, cancel], ["1 cancelled"]],
  ["CANCEL between requests", [call("clientStream"), hello, cancel], ["1 cancelled"]],
  ["CANCEL after the requests", [call("clientStream"), slow, status(), cancel], ["1 cancelled"]],
  [
    "CANCEL of a server stream",
    [call("serverStream"), slowStream, awaitFrames(1), cancel],
    ["one", "1 cancelled"],
  ],
  [
    "CANCEL of a bidi stream",
    [call("bidiStream"), slowStream, awaitFrames(1), cancel],
    ["one", "1 cancelled"],
  ],
  [
    "CANCEL after the answer is answered, too",
    [call("unary"), hello, awaitFrames(1), cancel],
    ["hello", "1 cancelled"],
  ],
  [
    "CALL instead of the request",
    [call("unary"), call("unary"), hello],
    ["9 CALL frame before request", "hello"],
  ],
  [
    "CALL while a handler runs",
    [call("unary"), slow, call("unary"), hello],
    ["9 CALL received during active call", "hello"],
  ],
  [
    "CALL while replies come",
    [call("serverStream"), slowStream, awaitFrames(1), call("unary"), hello],
    ["one", "9 CALL received during stream", "hello"],
  ],
  [
    "CALL while requests come",
    [call("clientStream"), hello, call("unary"), hello],
    ["9 CALL received during active call", "hello"],
  ],
  [
    "an empty end of the requests (clientStream)",
    [call("clientStream"), hello, frame(TRAILER)],
    ["13 malformed EoI trailer"],
  ],
  [
    "garbage at the end of the requests (clientStream)",
    [call("clientStream"), hello, frame(TRAILER, 9, 9, 9)],
    ["13 malformed EoI trailer"],
  ],
  [
    "an error at the end of the requests (clientStream)",
    [call("clientStream"), hello, status({ code: 5 })],
    ["13 client sent non-OK EoI trailer (code=5)"],
  ],
  ["a trailer instead of the request", [call("unary"), status()], ["14 Unexpected trailer"]],
  ["a request of garbage", [call("unary"), frame(0, 0xff, 0xfe, 0xfd)], ["13 Decode error: …"]],
  ["a request without bytes", [call("unary"), frame(0)], ["13 Decode error: …"]],
  [
    "a later request of garbage (clientStream)",
    [call("clientStream"), hello, frame(0, 0xff), hello, status()],
    ["13 Decode error: …"],
  ],
  [
    "what follows a failed call is passed over up to its end",
    [call("clientStream"), frame(0, 0xff), awaitFrames(1), hello, hello, status()],
    ["13 Decode error: …"],
  ],
  ["a deadline that is long past", [callDueIn("unary", -5_000), hello], ["4 …"]],
  ["a deadline that is just past: clocks differ", [callDueIn("unary", -50), hello], ["hello"]],
  ["a deadline that passes", [callDueIn("unary", 50), slow, awaitFrames(1)], ["4 …"]],
];

/** Parts that end the session: nothing that follows is answered. */
const fatal: readonly Fields[] = [
  ["a request without a call", [hello], ["9 Expected CALL frame"]],
  ["a trailer without a call", [status()], ["9 Expected CALL frame"]],
  ["a row schema without a call", [frame(ROW_SCHEMA, 1)], ["9 Expected CALL frame"]],
  ["a second header", [open], ["9 Expected CALL frame"]],
  ["two requests", [call("unary"), slow, hello], ["9 Expected CALL frame"]],
  [
    "a request after the reply",
    [call("unary"), hello, awaitFrames(1), hello],
    ["hello", "9 Expected CALL frame"],
  ],
  ["a call of garbage", [frame(CALL, 1, 2, 3)], ["13 Invalid CallHeader: …"]],
  ["a call of nothing", [frame(CALL)], ["13 Invalid CallHeader: …"]],
  [
    "a call with an unknown key",
    [frameOf(CALL, '{"method":"unary","bogus":1}')],
    ["13 Invalid CallHeader: …"],
    { mode: "json" },
  ],
  [
    "a call in the other form",
    [frameOf(CALL, '{"method":"unary"}')],
    ["13 Invalid CallHeader: …"],
    { mode: "xlang" },
  ],
  ...["nope", "", "__proto__", "onSessionClose", "constructor"].map(
    (method): Fields => [
      `the method "${method}"`,
      [call(method)],
      [`12 Method not found: ${method}`],
    ],
  ),
  [
    "65 pairs of metadata",
    [call("unary", { metadataKeys: pairs(65), metadataValues: pairs(65) })],
    ["8 …"],
  ],
  [
    "a value of 4097 characters",
    [call("unary", { metadataKeys: ["k"], metadataValues: ["v".repeat(4097)] })],
    ["8 …"],
  ],
  [
    "more keys than values",
    [call("unary", { metadataKeys: ["a", "b"], metadataValues: ["1"] })],
    ["3 metadata has 2 keys and 1 values"],
  ],
  ["a call of more than 16 KiB", [call("unary", { callId: "c".repeat(17_000) })], ["8 …"]],
  ["a frame of no length", [bytes(0, 0, 0, 0)], ["13 received zero-length frame"]],
  [
    "a frame of 4 GiB",
    [bytes(255, 255, 255, 255)],
    ["13 frame size 4294967295 exceeds maximum 16777216"],
  ],
];

const codeOf = (frames: readonly string[]) => {
  const trailer = frames.find((text) => /^\d+ /.test(text));
  return trailer === undefined ? undefined : Number.parseInt(trailer, 10);
};

const row = (
  name: string,
  parts: readonly RawPart[],
  frames: readonly string[],
  only?: Only,
): RawClientRow => ({
  kind: "rawClient",
  suite: "session-frames",
  name,
  parts,
  expect: { code: codeOf(frames), frames },
  ...(only === undefined ? {} : { only }),
});

/** The frames that a TypeScript server sends to a raw peer in sessions. */
export const sessionFrameRows: readonly RawClientRow[] = [
  ...kept.map(([name, parts, frames, only]) => {
    const another = [
      awaitFrames(frames.length),
      call("unary"),
      hello,
      awaitFrames(frames.length + 1),
      end,
    ];
    return row(name, [open, ...parts, ...another], [...frames, "hello"], only);
  }),
  ...fatal.map(([name, parts, frames, only]) =>
    row(`${name} ends the session`, [open, ...parts, call("unary"), hello, end], frames, only),
  ),
  row("the end at once", [open, end], []),
  row("the end while a call runs", [open, call("unary"), slow, end], ["1 cancelled"]),
  row("the end within a frame", [open, bytes(10, 0, 0, 0, 0, 1), end], ["13 incomplete frame: …"]),
  row(
    "a call without a session",
    [header({ service: SERVICE }), hello, end],
    [
      `9 '${SERVICE}' is session-scoped: open a session stream (method='') instead of calling method 'unary' directly`,
    ],
  ),
  row(
    "an unknown version",
    [header({ service: SERVICE, method: "", version: 2 }), call("unary"), hello, end],
    ["5 …"],
  ),
  row(
    "metadata of the session are checked",
    [
      header({ service: SERVICE, method: "", metadataKeys: pairs(65), metadataValues: pairs(65) }),
      end,
    ],
    ["8 …"],
  ),
  row(
    "a header in JSON makes it a JSON session, whatever its mode",
    [
      header({ service: SERVICE, method: "", serializationMode: 0 }),
      call("unary"),
      hello,
      awaitFrames(1),
      end,
    ],
    ["hello"],
    { mode: "json" },
  ),
];
