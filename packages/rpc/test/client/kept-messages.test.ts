// A message that a handler keeps is not a view of its frame, whose bytes are reused.
import { bytes, wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import { messageCodec } from "../../src/message/message-codec.ts";
import type { WireMode } from "../../src/protocol/mode.ts";

const Samples = wireType("kept/Samples", {
  raw: bytes(),
  wide: z.instanceof(Float64Array),
  parts: z.array(bytes()),
  names: z.array(z.string()),
});
const forms: Readonly<Record<WireMode, true>> = {
  xlang: true,
  xlang1: true,
  native: true,
  json: true,
  row: true,
};

test.each(Object.keys(forms) as WireMode[])("%s", (form) => {
  const value = {
    raw: Uint8Array.of(1, 2, 3),
    wide: Float64Array.of(1.5, -2),
    parts: [Uint8Array.of(4)],
    names: ["a"],
  };
  const codec = messageCodec(Samples, form);
  const encoded = codec.encode(value);
  for (let offset = 0; offset < 8; offset++) {
    const frame = new Uint8Array(encoded.length + offset);
    frame.set(encoded, offset);
    const kept = codec.decode(frame.subarray(offset));
    frame.fill(0);
    expect(kept).toEqual(value);
  }
});
