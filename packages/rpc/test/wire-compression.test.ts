// When a server of ours compresses, read off the wire, and what it does not let itself be told.
import { compressPayload, createCodec } from "@aster/codec";
import { Server, StatusCode } from "@aster/rpc";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { probe, Text } from "./probe.ts";
import { RawCall, rawLink } from "./raw-peer.ts";
import { bytes, call, fory, joined, say, statusOf } from "./raw-say.ts";

const { Trailer, Compressed } = FrameFlag;

describe("compression", () => {
  const xlang = (payload: Uint8Array, flags = 0) => joined(fory(call), encodeFrame(flags, payload));
  const texts = createCodec().type(Text);
  /** A request whose payload has just this many bytes. */
  const sized = (size: number): Uint8Array => {
    const spare = texts.encode({ text: "x".repeat(4000) }).length - 4000;
    const payload = texts.encode({ text: "x".repeat(size - spare) });
    expect(payload.length).toBe(size);
    return payload;
  };

  test.each([
    [4096, 0],
    [4097, Compressed],
  ])("a reply of %i bytes has the flags %i", async (size, flags) => {
    await using link = await rawLink(new Server({ services: [probe()] }));
    const answer = await new RawCall(link.raw).send(xlang(sized(size)), true).answer();
    expect(statusOf(answer).code).toBe(StatusCode.OK);
    expect(answer.frames.map((frame) => frame.flags)).toEqual([flags, Trailer]);
    const [reply = bytes()] = answer.data;
    if (flags === 0) expect(reply).toEqual(sized(size));
    else expect(reply.length).toBeLessThan(200);
  });

  test("20 MiB in a kilobyte are refused, by name and number of the limit", async () => {
    const bomb = compressPayload(new Uint8Array(20 << 20));
    expect(bomb.length).toBeLessThan(4096);
    await say(xlang(bomb, Compressed), StatusCode.RESOURCE_EXHAUSTED, /16777216/, "fory");
  });
});
