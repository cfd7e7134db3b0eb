import { expect, test } from "vitest";
import vectors from "../../../fixtures/transport/frames.json" with { type: "json" };
import { encodeFrame, FrameSplitter, MAX_FRAME_BYTES, MAX_PAYLOAD_BYTES } from "../src/index.ts";
import { pattern } from "./support/pair.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

function split(pieces: readonly Uint8Array[]): { flags: number; payload: string }[] {
  const splitter = new FrameSplitter();
  const frames: { flags: number; payload: string }[] = [];
  for (const piece of pieces) {
    splitter.push(piece, (flags, payload) => {
      frames.push({ flags, payload: Buffer.from(payload).toString("hex") });
    });
  }
  splitter.end();
  return frames;
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    pieces.push(bytes.subarray(start, start + size));
  }
  return pieces;
}

test.each(vectors.frames)(
  "a frame with flags $flags is written and read as by aster-rpc",
  (vector) => {
    const { flags, payload, wire } = vector;
    expect(Buffer.from(encodeFrame(flags, bytesOf(payload))).toString("hex")).toBe(wire);
    expect(split([bytesOf(wire)])).toEqual([{ flags, payload }]);
  },
);

test("cuts the same frames whatever the pieces of the stream", () => {
  const stream = bytesOf(vectors.frames.map(({ wire }) => wire).join(""));
  const frames = vectors.frames.map(({ flags, payload }) => ({ flags, payload }));
  for (const size of [1, 2, 3, 4, 5, 6, 7, 64, 301, stream.length]) {
    expect(split(cut(stream, size))).toEqual(frames);
  }
});

test("reads a frame with neither flags nor payload", () => {
  expect(split([bytesOf("0100000000")])).toEqual([{ flags: 0, payload: "" }]);
});

test.each(vectors.bad)("$name is refused with the text of aster-rpc", ({ wire, error }) => {
  for (const size of [1, 3, 100]) {
    expect(() => split(cut(bytesOf(wire), size))).toThrow(
      expect.objectContaining({ name: "TransportError", code: "frame", message: error }),
    );
  }
});

test("delivers the frames before a broken one", () => {
  const flagsSeen: number[] = [];
  const stream = bytesOf("0200000004aa00000000");
  expect(() => new FrameSplitter().push(stream, (flags) => flagsSeen.push(flags))).toThrow();
  expect(flagsSeen).toEqual([4]);
});

test.each(vectors.cut)(
  "an end after $wire has the same result as in aster-rpc",
  ({ wire, error }) => {
    const read = (): unknown => split([bytesOf(wire)]);
    if (error === null) expect(read()).toEqual([]);
    else expect(read).toThrow(expect.objectContaining({ code: "frame", message: error }));
  },
);

test("allocates for what arrives, not for the length that a frame claims", () => {
  const before = process.memoryUsage().arrayBuffers;
  const splitters = Array.from({ length: 200 }, () => {
    const splitter = new FrameSplitter();
    splitter.push(bytesOf("0000000100aabb"), () => {});
    return splitter;
  });
  // 200 claims of 16 MiB
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  expect(splitters.length).toBe(200);
});

test("reads the largest frame in pieces and does not write one byte more", () => {
  const payload = pattern(MAX_PAYLOAD_BYTES);
  const wire = encodeFrame(1, payload);
  expect(wire.length).toBe(MAX_FRAME_BYTES + 4);
  const splitter = new FrameSplitter();
  let same = false;
  for (const piece of cut(wire, 100_000)) {
    splitter.push(piece, (_, got) => {
      same = Buffer.compare(got, payload) === 0;
    });
  }
  splitter.end();
  expect(same).toBe(true);
  expect(() => encodeFrame(1, new Uint8Array(MAX_FRAME_BYTES))).toThrow(
    expect.objectContaining({ code: "limit" }),
  );
});
