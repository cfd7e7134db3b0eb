// Compression by servers and clients, read from the wire, and compressed input that is refused.
import { compressPayload, createCodec } from "@aster/codec";
import { StatusCode } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import { type ChannelSink, type Connection, encodeFrame, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { Probe, probe, Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { bytes, call, fory, joined, say, statusOf } from "../support/raw-say.ts";

const { Trailer, Compressed } = FrameFlag;

describe("compression", () => {
  const xlang = (payload: Uint8Array, flags = 0) => joined(fory(call), encodeFrame(flags, payload));
  const texts = createCodec().type(Text);
  /** A request whose payload has exactly this many bytes. */
  const sized = (size: number): Uint8Array => {
    for (let length = size; length > 0; length -= 1) {
      const payload = texts.encode({ text: "x".repeat(length) });
      if (payload.length === size) return payload;
    }
    throw new Error(`no text makes ${size} bytes`);
  };

  test.each([
    [4096, 0],
    [4097, Compressed],
  ])("a reply of %i bytes has the flags %i", async (size, flags) => {
    await using pair = await rawPair(new Server({ services: [probe()] }));
    const answer = await new RawCall(pair.raw).send(xlang(sized(size)), true).answer();
    expect(statusOf(answer).code).toBe(StatusCode.OK);
    expect(answer.frames.map((frame) => frame.flags)).toEqual([flags, Trailer]);
    const [reply = bytes()] = answer.data;
    if (flags === 0) expect(reply).toEqual(sized(size));
    else expect(reply.length).toBeLessThan(200);
  });

  test.each([
    [false, 1_000_000, 0],
    [{ thresholdBytes: 0 }, 100, Compressed],
    [{ thresholdBytes: 5000 }, 5000, 0],
    [{ thresholdBytes: 5000 }, 5001, Compressed],
  ] as const)(
    "compression %j sends a reply of %i bytes with flags %i",
    async (compression, size, flags) => {
      await using pair = await rawPair(new Server({ services: [probe()], compression }));
      const answer = await new RawCall(pair.raw).send(xlang(sized(size)), true).answer();
      expect(answer.frames.map((frame) => frame.flags)).toEqual([flags, Trailer]);
    },
  );

  test.each([
    [undefined, 5000, Compressed],
    [false, 5000, 0],
    [{ thresholdBytes: 10 }, 100, Compressed],
  ] as const)(
    "a client with compression %j sends %i bytes with flags %i",
    async (compression, size, flags) => {
      await using pair = await rawPair(new Server({ services: [probe()] }));
      const sent: number[] = [];
      const watched: Connection = Object.create(pair.framed, {
        open: {
          value: (sink: ChannelSink) => {
            const channel = pair.framed.open(sink);
            const send = channel.send.bind(channel);
            return Object.assign(channel, {
              send(flags: number, payload: Uint8Array, end?: boolean) {
                sent.push(flags);
                return send(flags, payload, end);
              },
            });
          },
        },
      });
      const text = "x".repeat(size);
      const client = createClient(Probe, watched, compression === undefined ? {} : { compression });
      expect(await client.echo({ text })).toEqual({ text });
      expect(sent).toEqual([FrameFlag.Header, flags]);
    },
  );

  test("refuses a threshold that is not a number", () => {
    const compression = { thresholdBytes: Number.NaN };
    expect(() => new Server({ services: [], compression })).toThrow(
      "option compression.thresholdBytes must be a non-negative number, got NaN",
    );
  });

  test("refuses 20 MiB in a kilobyte, with name and value of the limit", async () => {
    const bomb = compressPayload(new Uint8Array(20 << 20));
    expect(bomb.length).toBeLessThan(4096);
    await say(xlang(bomb, Compressed), StatusCode.RESOURCE_EXHAUSTED, /4194304/, "fory");
  });
});
