import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  CodecError,
  compressInBackground,
  compressPayload,
  decompressPayload,
  inflatedSize,
} from "../../src/index.ts";

const limit = 16 * 1024 * 1024;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason.code;
    throw reason;
  }
  return "none";
}

test("a payload round-trips", () => {
  for (const size of [0, 1, 4097, 200_000]) {
    const payload = Uint8Array.from({ length: size }, (_, i) => (i * i) % 251);
    const compressed = compressPayload(payload);
    expect(compressed.constructor).toBe(Uint8Array);
    expect(decompressPayload(compressed, limit)).toEqual(payload);
    expect(decompressPayload(compressPayload(payload, 19), size)).toEqual(payload);
  }
});

test.each([0, 5_000, 300_000, 2_000_000])(
  "a payload of %i bytes is the same frame when it is compressed in the background",
  async (size) => {
    const payload = Uint8Array.from({ length: size }, (_, i) => (i * i) % 251);
    for (const level of [1, 3, 9]) {
      const compressed = await compressInBackground(payload, level);
      expect(compressed.constructor).toBe(Uint8Array);
      expect(inflatedSize(compressed)).toBe(size);
      expect(decompressPayload(compressed, limit)).toEqual(payload);
      expect(compressed).toEqual(compressPayload(payload, level));
    }
    expect(codeOf(() => compressInBackground(payload, 23))).toBe("option");
  },
);

test("a frame has its content size and no checksum", () => {
  const descriptor = compressPayload(new Uint8Array(5_000))[4] ?? 0;
  expect(descriptor & 0x04).toBe(0);
  expect(descriptor >> 6).toBeGreaterThan(0);
});

describe("inflation is limited", () => {
  test("to exactly the given size", () => {
    const zeros = compressPayload(new Uint8Array(limit));
    expect(decompressPayload(zeros, limit).length).toBe(limit);
    expect(codeOf(() => decompressPayload(compressPayload(new Uint8Array(limit + 1)), limit))).toBe(
      "limit",
    );
    expect(codeOf(() => decompressPayload(compressPayload(Uint8Array.of(1)), 0))).toBe("limit");
  });

  test("for frames that do not declare their size", () => {
    const bomb = zstdCompressSync(new Uint8Array(64 * 1024 * 1024), {
      params: { [constants.ZSTD_c_contentSizeFlag]: 0 },
    });
    const before = process.memoryUsage().rss;
    expect(codeOf(() => decompressPayload(bomb, limit))).toBe("limit");
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024);
    const small = zstdCompressSync(new Uint8Array(1_000), {
      params: { [constants.ZSTD_c_contentSizeFlag]: 0 },
    });
    expect(codeOf(() => decompressPayload(small, 999))).toBe("limit");
    expect(decompressPayload(small, 1_000).length).toBe(1_000);
  });

  test("for frames that declare a wrong size", () => {
    const honest = compressPayload(new Uint8Array(5_000));
    const lies = honest.slice();
    // two bytes of content size, minus 256, follow the descriptor; a single segment has no window
    expect((lies[4] ?? 0) >> 6).toBe(1);
    lies.set([0, 0], (lies[4] ?? 0) & 0x20 ? 5 : 6);
    expect(codeOf(() => decompressPayload(lies, limit))).toBe("data");
  });

  test("a window larger than 2^24 is refused", () => {
    const payload = new Uint8Array(1_000);
    const frame = zstdCompressSync(payload, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } });
    expect((frame[4] ?? 0) & 0x20).toBe(0);
    for (const log of [24, 25, 27, 31]) {
      const changed = Uint8Array.from(frame);
      changed[5] = (log - 10) << 3;
      expect(codeOf(() => decompressPayload(changed, limit))).toBe(log > 24 ? "limit" : "none");
    }
  });
});

describe("anything other than one frame is refused", () => {
  const frame = compressPayload(Uint8Array.from({ length: 300 }, (_, i) => i % 7));

  test("other bytes", () => {
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode("hello world"),
      Uint8Array.of(0x28),
    ]) {
      expect(codeOf(() => decompressPayload(bytes, limit))).toBe("data");
    }
  });

  test("two frames, a skippable frame, trailing bytes", () => {
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9);
    expect(codeOf(() => decompressPayload(Buffer.concat([frame, frame]), limit))).toBe("data");
    expect(codeOf(() => decompressPayload(Buffer.concat([skippable, frame]), limit))).toBe("data");
    expect(codeOf(() => decompressPayload(Buffer.concat([frame, skippable]), limit))).toBe("data");
    expect(codeOf(() => decompressPayload(Buffer.concat([frame, Buffer.of(0)]), limit))).toBe(
      "data",
    );
  });

  test("a dictionary", () => {
    const changed = Uint8Array.from([...frame.subarray(0, 5), 7, ...frame.subarray(5)]);
    changed[4] = (changed[4] ?? 0) | 1;
    expect(codeOf(() => decompressPayload(changed, limit))).toBe("data");
  });

  test("any cut and any changed byte gives a value or a CodecError", () => {
    for (let end = 0; end < frame.length; end++) {
      expect(codeOf(() => decompressPayload(frame.subarray(0, end), limit))).toBe("data");
    }
    for (let at = 0; at < frame.length; at++) {
      for (const flip of [1, 4, 0x20, 0x40, 0x80, 0xff]) {
        const changed = frame.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(["none", "data", "limit"]).toContain(
          codeOf(() => decompressPayload(changed, limit)),
        );
      }
    }
  });
});
