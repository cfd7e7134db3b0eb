// Responses of the server to peers that break the protocol (docs/wire.md, "Calls") or use its
// freedoms.
import { defineService, implement, StatusCode, unary } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { Probe, probe, Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import {
  bytes,
  call,
  echo,
  fory,
  hello,
  joined,
  json,
  say,
  statusOf,
  text,
} from "../support/raw-say.ts";

const { Header, Trailer, Cancel, Call, RowSchema, Compressed, EndStream } = FrameFlag;
describe("frames", () => {
  test.each([
    ["W1: of length 0", bytes(0, 0, 0, 0), "received zero-length frame"],
    ["W2: too long by one", bytes(1, 0, 0, 1), "frame size 16777217 exceeds maximum 16777216"],
    ["W3: of 4 GiB", bytes(255, 255, 255, 255), /^frame size 4294967295 exceeds/],
    [
      "W4: cut after the flags",
      bytes(10, 0, 0, 0, 4),
      "incomplete frame: expected 10 bytes, got 1",
    ],
    [
      "W14: that are an admission request",
      text({ credential_json: "" }),
      /^frame size \d+ exceeds/,
    ],
    ["W7: without a header first", hello, "First frame must have HEADER flag"],
    ["W6: header and trailer at once", encodeFrame(Header | Trailer, text(call)), /contradictory/],
    ["W6: header and cancel at once", encodeFrame(Header | Cancel, text(call)), /contradictory/],
    ["Z7: a compressed header", encodeFrame(Header | Compressed, text(call)), /contradictory/],
    ["W8: a second header", joined(echo, echo), /unexpected frame with flags 4/],
    ["W11: a row schema", joined(echo, encodeFrame(RowSchema, bytes(1))), /flags 8/],
    ["W11: a session's call", joined(echo, encodeFrame(Call, bytes(1))), /flags 16/],
    ["Z6: compressed, but not", joined(echo, encodeFrame(Compressed, bytes(1, 2, 3))), /inflated/],
    ["an empty header", encodeFrame(Header, bytes()), "Invalid StreamHeader"],
    ["a header of noise", encodeFrame(Header, bytes(2, 255, 29, 8, 1)), "Invalid StreamHeader"],
    ["a header cut short", encodeFrame(Header, text(call).subarray(0, 20)), "Invalid StreamHeader"],
  ])("%s", async (_, input, message) => {
    await say(input, StatusCode.INTERNAL, message);
  });

  test("W9: a message after the end of the input", async () => {
    const sum = json({ ...call, method: "sum" });
    const item = encodeFrame(0, text({ n: 1 }));
    const end = encodeFrame(Trailer, bytes());
    await say(joined(sum, item, end, item), StatusCode.INTERNAL, /after the end of the input/);
  });

  test.each([1, 2, 3, 4])("W4: cut after %i bytes of the length", async (count) => {
    const server = new Server({ services: [probe()] });
    await using pair = await rawPair(server);
    const answer = await new RawCall(pair.raw).send(echo.subarray(0, count), true).answer();
    expect(answer.ending).toBe("ended");
    expect(answer.data).toEqual([]);
    expect(await createClient(Probe, pair.framed).echo({ text: "x" })).toEqual({ text: "x" });
  });

  test("W14: denies calls on the admission protocol like other invalid bytes", async () => {
    await using pair = await servicePair({ services: [probe()] });
    const connection = await pair.client.node.connect(
      pair.server.address,
      "aster.consumer_admission",
      { raw: true },
    );
    const ended = await new Promise<string>((resolve) => {
      let got = "";
      const channel = connection.open({
        frame: (_, piece) => {
          got += new TextDecoder().decode(piece);
        },
        end: () => resolve(got),
        malformed: () => {},
        stopped: () => {},
        closed: ({ code }) => resolve(code),
      });
      channel.send(0, joined(echo, hello), true);
    });
    expect(JSON.parse(ended)).toMatchObject({ admitted: false });
    expect(pair.server.stats().callsTotal).toBe(0);
    expect(await pair.client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
  });

  test.each(["aster/2", "aster/", "aster/1x", "h3"])(
    "W14: a connection for %s is not opened",
    async (alpn) => {
      await using pair = await servicePair({ services: [probe()], transport: "quic" });
      const { node } = pair.client;
      const dial = node.connect(pair.server.node.address(), alpn, { timeoutMs: 5_000 });
      await expect(dial).rejects.toThrow();
      expect(await pair.client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
    },
  );

  test("W4: ends its half for a stream without bytes", async () => {
    await say(bytes(), -1, "no trailer");
  });

  test("W10: refuses an empty message that does not fit the type", async () => {
    await say(joined(echo, encodeFrame(0, bytes())), StatusCode.INVALID_ARGUMENT, /./, "json");
  });

  test("refuses two requests of a unary call", async () => {
    await say(joined(echo, hello, hello), StatusCode.INVALID_ARGUMENT, /one request, not several/);
  });

  test.each(["count", "endless"])(
    "refuses two requests of the server stream %s",
    async (method) => {
      const request = encodeFrame(0, text({ n: 1 }));
      const input = joined(json({ ...call, method }), request, request);
      const server = new Server({ services: [probe()] });
      await using pair = await rawPair(server);
      const answer = await new RawCall(pair.raw).send(input, true).answer();
      expect(statusOf(answer)).toMatchObject({
        code: StatusCode.INVALID_ARGUMENT,
        message: `Probe.${method} takes one request, not several`,
      });
    },
  );

  test("refuses a server stream without a request", async () => {
    const count = json({ ...call, method: "count" });
    await say(count, StatusCode.UNAVAILABLE, "Stream ended", "json");
  });

  test("accepts a client stream without requests", async () => {
    for (const method of ["sum", "chat"]) {
      await say(json({ ...call, method }), StatusCode.OK, "", "json");
    }
  });

  test("refuses a unary call without a request", async () => {
    await say(echo, StatusCode.UNAVAILABLE, "Stream ended", "json");
    const header = fory({ service: "Probe", method: "echo" });
    await say(header, StatusCode.UNAVAILABLE, "Stream ended", "fory");
  });

  test("refuses a trailer in place of the request", async () => {
    const input = joined(echo, encodeFrame(Trailer, bytes()));
    await say(input, StatusCode.UNAVAILABLE, "Unexpected trailer");
  });

  test("refuses an end of input with a code", async () => {
    const status = { code: 13, message: "", detailKeys: [], detailValues: [] };
    const sum = json({ ...call, method: "sum" });
    const input = joined(sum, encodeFrame(Trailer, text(status)));
    await say(input, StatusCode.INTERNAL, "client sent non-OK EoI trailer (code=13)");
  });

  test.each([
    [
      "W5: an unknown flag is ignored",
      joined(encodeFrame(Header | 0x80, text(call)), encodeFrame(0x80, text({}))),
    ],
    ["a flag of a later version is ignored", joined(echo, encodeFrame(EndStream, text({})))],
    ["a cancel inside a call is ignored", joined(echo, encodeFrame(Cancel, bytes()), hello)],
    [
      "an empty end of input",
      joined(json({ ...call, method: "sum" }), encodeFrame(Trailer, bytes())),
    ],
    [
      "an unreadable end of input",
      joined(json({ ...call, method: "sum" }), encodeFrame(Trailer, bytes(9))),
    ],
    [
      "JSON after a Fory header with mode 3",
      joined(fory({ ...call, serializationMode: 3 }), hello),
    ],
    [
      "JSON after a JSON header with mode 0",
      joined(json({ ...call, serializationMode: 0 }), hello),
    ],
    ["W19: a call id of 2^32", joined(json({ ...call, callId: "4294967296" }), hello)],
    ["W19: a call id of 0", joined(json({ ...call, callId: "0" }), hello)],
  ])("%s", async (_, input) => {
    await say(input, StatusCode.OK, "", "json");
  });

  test("W12: accepts frames byte by byte", async () => {
    await say(
      [...joined(echo, hello)].map((byte) => bytes(byte)),
      StatusCode.OK,
      "",
    );
  });

  test("W13: accepts many frames in one write", async () => {
    const items = Array.from({ length: 5000 }, () => encodeFrame(0, text({ n: 1 })));
    await say(joined(json({ ...call, method: "sum" }), ...items), StatusCode.OK, "");
  });

  test("answers the frames of docs/wire.md as shown there", async () => {
    await using pair = await rawPair(new Server({ services: [probe()] }));
    const answer = await new RawCall(pair.raw).send(joined(echo, hello), true).answer();
    expect(answer.frames.map(({ flags }) => flags)).toEqual([0, Trailer]);
    expect(new TextDecoder().decode(answer.data[0])).toBe('{"text":"hello"}');
    expect(new TextDecoder().decode(answer.trailer)).toBe(
      '{"code":0,"message":"","detailKeys":[],"detailValues":[]}',
    );
  });
});

describe("W15: names", () => {
  const long = "x".repeat(257);
  test.each([
    ["no service", { service: "" }, StatusCode.INVALID_ARGUMENT, "Missing service name"],
    [
      "an unknown service",
      { service: "Prob" },
      StatusCode.NOT_FOUND,
      "Service 'Prob' v1 not found",
    ],
    [
      "another version",
      { version: 2 },
      StatusCode.NOT_FOUND,
      "Service 'Probe' v2 not found; this server hosts v1",
    ],
    [
      "no version",
      { version: 0 },
      StatusCode.NOT_FOUND,
      "Service 'Probe' v0 not found; this server hosts v1",
    ],
    [
      "no method",
      { method: "" },
      StatusCode.FAILED_PRECONDITION,
      /^'Probe' is shared: send a method/,
    ],
    [
      "an unknown method",
      { method: "no" },
      StatusCode.UNIMPLEMENTED,
      "Method 'Probe.no' not implemented",
    ],
    ["a long service", { service: long }, StatusCode.INVALID_ARGUMENT, /maxNameChars/],
    ["a long method", { method: long }, StatusCode.INVALID_ARGUMENT, /maxNameChars/],
    ...["__proto__", "constructor", "toString", "a\u0000b", "\u202ebor"].flatMap(
      (name): [string, object, number, string][] => [
        [
          `service ${JSON.stringify(name)}`,
          { service: name },
          StatusCode.NOT_FOUND,
          `Service '${name}' v1 not found`,
        ],
        [
          `method ${JSON.stringify(name)}`,
          { method: name },
          StatusCode.UNIMPLEMENTED,
          `Method 'Probe.${name}' not implemented`,
        ],
      ],
    ),
  ])("%s", async (_, fields, code, message) => {
    await say(joined(json({ ...call, ...fields }), hello), code, message, "json");
  });
});

describe("W16: metadata", () => {
  const pairs = (count: number, key: string, value: string) => ({
    metadataKeys: Array.from({ length: count }, (_, i) => `${key}${i}`),
    metadataValues: Array.from({ length: count }, () => value),
  });
  test.each([
    ["64 entries", pairs(64, "k", "v"), StatusCode.OK, ""],
    ["65 entries", pairs(65, "k", "v"), StatusCode.RESOURCE_EXHAUSTED, /maxMetadataEntries: 65/],
    [
      "8 KiB and more in all",
      pairs(3, "k", "v".repeat(3000)),
      StatusCode.RESOURCE_EXHAUSTED,
      /maxMetadataBytes/,
    ],
    [
      "a long key",
      pairs(1, "k".repeat(256), ""),
      StatusCode.RESOURCE_EXHAUSTED,
      /maxMetadataKeyChars: 257/,
    ],
    [
      "a long value",
      pairs(1, "k", "v".repeat(4097)),
      StatusCode.RESOURCE_EXHAUSTED,
      /maxMetadataValueChars/,
    ],
    [
      "a key without value",
      { metadataKeys: ["a", "b"], metadataValues: ["c"] },
      StatusCode.INVALID_ARGUMENT,
      /2 keys and 1 values/,
    ],
    [
      "an empty key",
      { metadataKeys: [""], metadataValues: ["c"] },
      StatusCode.INVALID_ARGUMENT,
      /key/,
    ],
    [
      "the same key twice",
      { metadataKeys: ["a", "a"], metadataValues: ["1", "2"] },
      StatusCode.OK,
      "",
    ],
    ["a reserved prefix", { metadataKeys: ["aster-x"], metadataValues: ["1"] }, StatusCode.OK, ""],
    [
      "a header above 16 KiB",
      pairs(64, "k".repeat(200), "v".repeat(200)),
      StatusCode.RESOURCE_EXHAUSTED,
      /maxHeaderBytes/,
    ],
  ])("%s", async (_, fields, code, message) => {
    await say(joined(json({ ...call, ...fields }), hello), code, message, "json");
  });

  test("refuses text that is not UTF-8", async () => {
    const header = text({ ...call, metadataKeys: ["k"], metadataValues: ["v!"] });
    header[header.indexOf(0x21)] = 0xff;
    await say(encodeFrame(Header, header), StatusCode.INTERNAL, "Invalid StreamHeader");
  });
});

describe("headers", () => {
  test.each([
    ["an unknown key", { sessionId: 1 }],
    ["the other dialect's deadline", { deadline: 5 }],
    ["a number as call id", { callId: 7 }],
    ["W18: a deadline above 2^53", { deadlineEpochMs: 2 ** 63 }],
    ["W18: a deadline that is not an integer", { deadlineEpochMs: 1.5 }],
    ["W18: a deadline that is not a number", { deadlineEpochMs: "NaN" }],
    ["a list as service", { service: ["Probe"] }],
  ])("%s", async (_, fields) => {
    const input = joined(json({ ...call, ...fields }), hello);
    await say(input, StatusCode.INTERNAL, "Invalid StreamHeader", "json");
  });

  test.each([0, 1, 2, 4, 17, -1])("W17: refuses mode %i of a service in JSON", async (mode) => {
    const Plain = defineService("Plain", { serialization: "json" }, { echo: unary(Text, Text) });
    const plain = implement(Plain, { echo: ({ text }) => ({ text }) });
    await using pair = await rawPair(new Server({ services: [plain] }));
    const input = fory({ service: "Plain", method: "echo", serializationMode: mode });
    const answer = await new RawCall(pair.raw).send(input, true).answer();
    expect(statusOf(answer)).toEqual({
      code: StatusCode.INVALID_ARGUMENT,
      message: `Unsupported serialization mode: ${mode}`,
      form: "fory",
    });
  });

  test.each([1, 2, 9])("W17: refuses mode %i of a service in XLANG", async (serializationMode) => {
    const input = fory({ ...call, serializationMode });
    const message = `Unsupported serialization mode: ${serializationMode}`;
    await say(input, StatusCode.INVALID_ARGUMENT, message, "fory");
  });

  test.each([4, 9, -1, 2 ** 31])("W17: refuses mode %i in a JSON header", async (mode) => {
    const input = json({ ...call, serializationMode: mode });
    const message = `Unsupported serialization mode: ${mode}`;
    await say(input, StatusCode.INVALID_ARGUMENT, message, "json");
  });

  test.each([0, 1, 2, 3])("takes a JSON header with mode %i for JSON", async (mode) => {
    const input = joined(json({ ...call, serializationMode: mode }), hello);
    await say(input, StatusCode.OK, "", "json");
  });

  test("refuses a body that is not Fory", async () => {
    await say(joined(fory(call), hello), StatusCode.INVALID_ARGUMENT, /./, "fory");
  });

  test("refuses a body of another shape", async () => {
    const input = joined(echo, encodeFrame(0, text({ text: "a", x: 1 })));
    const message = `contract violation at`;
    await say(input, StatusCode.CONTRACT_VIOLATION, new RegExp(message), "json");
  });
});

test("W19: ignores call ids that are repeated or count down", async () => {
  await using pair = await rawPair(new Server({ services: [probe()] }));
  for (const callId of ["7", "7", "6"]) {
    const input = joined(json({ ...call, callId }), hello);
    const answer = await new RawCall(pair.raw).send(input, true).answer();
    expect([callId, statusOf(answer).code]).toEqual([callId, StatusCode.OK]);
  }
});

test("W2, W3: allocates nothing for a declared length", async () => {
  const server = new Server({ services: [probe()] });
  await using pair = await rawPair(server);
  const before = process.memoryUsage();
  const lengths = [bytes(255, 255, 255, 255), bytes(1, 0, 0, 1), bytes(0, 0, 0, 1)];
  const open = Array.from({ length: 30 }, (_, n) =>
    new RawCall(pair.raw).send(lengths[n % 3] as Uint8Array),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { arrayBuffers, external } = process.memoryUsage();
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(4 << 20);
  expect(external - before.external).toBeLessThan(4 << 20);
  for (const call of open) call.reset(1);
  expect(await createClient(Probe, pair.framed).echo({ text: "x" })).toEqual({ text: "x" });
});

describe("W18: deadlines", () => {
  const with_ = (deadlineEpochMs: number) =>
    joined(json({ ...call, method: "sleep", deadlineEpochMs }), encodeFrame(0, text({ n: 30 })));

  test("accepts a call without one", async () => {
    await say(with_(0), StatusCode.OK, "");
  });

  test.each([-1, 1, Date.now() - 2000])(
    "refuses one that has expired on arrival: %i",
    async (deadline) => {
      const server = new Server({ services: [probe()] });
      await using pair = await rawPair(server);
      const answer = await new RawCall(pair.raw).send(with_(deadline), true).answer();
      expect(statusOf(answer)).toMatchObject({
        code: StatusCode.DEADLINE_EXCEEDED,
        message: expect.stringMatching(/^deadline already expired on receipt \(now=\d+, deadline=/),
      });
      expect(server.stats().callsTotal).toBe(0);
    },
  );

  test("tolerates one that has just passed", async () => {
    await say(with_(Date.now() - 100), StatusCode.OK, "");
  });

  test("ends the call at one in the near future", async () => {
    await say(with_(Date.now() + 10), StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
  });

  test("accepts one in a hundred years", async () => {
    await say(with_(Date.now() + 3e12), StatusCode.OK, "");
  });
});
