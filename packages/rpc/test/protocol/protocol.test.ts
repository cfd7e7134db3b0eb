import { readFileSync } from "node:fs";
import { RpcError, StatusCode } from "@aster/rpc";
import { defaultLimits } from "@aster/rpc/server";
import { describe, expect, test } from "vitest";
import { receivedMetadata } from "../../src/metadata.ts";
import { HeaderTemplate, splitForyHeader } from "../../src/protocol/header.ts";
import { decodeTrailer, encodeFailure, okTrailers } from "../../src/protocol/status-trailer.ts";
import {
  headerCodecs,
  type RpcStatus,
  type StreamHeader,
  statusCodecs,
} from "../../src/protocol/structs.ts";

interface Case<T> {
  readonly name: string;
  readonly fields: T;
  readonly fory: string;
  readonly json: string;
  readonly foryEqual: boolean;
  readonly jsonEqual: boolean;
}

const { headers, statuses } = JSON.parse(
  readFileSync(new URL("../../../../fixtures/protocol/protocol.json", import.meta.url), "utf8"),
) as { headers: Case<StreamHeader>[]; statuses: Case<RpcStatus>[] };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe.each(headers)("header: $name", ({ fields, fory, json, foryEqual, jsonEqual }) => {
  test("is decoded in both forms", () => {
    expect(headerCodecs.fory.decode(Buffer.from(fory, "hex"))).toEqual(fields);
    expect(headerCodecs.json.decode(Buffer.from(json))).toEqual(fields);
  });

  test("is encoded to the same bytes", () => {
    if (foryEqual) expect(hex(headerCodecs.fory.encode(fields))).toBe(fory);
    if (jsonEqual) expect(text(headerCodecs.json.encode(fields))).toBe(json);
    expect(headerCodecs.fory.decode(headerCodecs.fory.encode(fields))).toEqual(fields);
    expect(headerCodecs.json.decode(headerCodecs.json.encode(fields))).toEqual(fields);
  });
});

const deadlines = headers.filter(({ fields }) => fields.deadlineEpochMs >= 0);

describe.each(deadlines)("header: $name", ({ fields, fory, foryEqual }) => {
  test("is encoded to the same bytes by a template", () => {
    const { callId, deadlineEpochMs, metadataKeys, metadataValues, ...fixed } = fields;
    const metadata = receivedMetadata(metadataKeys, metadataValues);
    const template = HeaderTemplate.ofStream(fixed, "fory");
    const inJson = HeaderTemplate.ofStream(fixed, "json");
    for (const deadline of [0, 1, deadlineEpochMs, deadlineEpochMs, 127, 64]) {
      const header = { ...fields, deadlineEpochMs: deadline };
      const fory = template.bytes(deadline, metadata, callId);
      expect(hex(fory)).toBe(hex(headerCodecs.fory.encode(header)));
      const json = inJson.bytes(deadline, metadata, callId);
      expect(text(json)).toBe(text(headerCodecs.json.encode(header)));
    }
  });

  test("splits at its deadline", () => {
    const bytes = Buffer.from(fory, "hex");
    const parts = splitForyHeader(bytes);
    expect(parts?.deadlineEpochMs).toBe(fields.deadlineEpochMs);
    const other = headerCodecs.fory.encode({
      ...headerCodecs.fory.decode(bytes),
      deadlineEpochMs: 77,
    });
    const otherParts = splitForyHeader(other);
    expect(otherParts?.deadlineEpochMs).toBe(77);
    if (foryEqual) {
      expect(hex(other.subarray(otherParts?.suffixOffset))).toBe(
        hex(bytes.subarray(parts?.suffixOffset)),
      );
    }
  });
});

test("does not split what is not a header of this protocol", () => {
  for (const bytes of [[], [2], [2, 0xff, 0x1d], [0x7b, 0x7d], new Array(60).fill(0xff)]) {
    expect(splitForyHeader(Uint8Array.from(bytes))).toBe(undefined);
  }
  const usual = headerCodecs.fory.encode(headers[0]?.fields as StreamHeader);
  for (let length = 0; length < 28; length++) splitForyHeader(usual.subarray(0, length));
  const negative = headers.find(({ name }) => name === "numbers below zero");
  expect(splitForyHeader(Buffer.from(negative?.fory as string, "hex"))).toBe(undefined);
});

describe.each(statuses)("status: $name", ({ fields, fory, json, foryEqual, jsonEqual }) => {
  test("is decoded in both forms", () => {
    for (const bytes of [Buffer.from(fory, "hex"), Buffer.from(json)]) {
      const error = decodeTrailer(bytes, defaultLimits);
      if (fields.code === StatusCode.OK) expect(error).toBe(undefined);
      else {
        expect(error).toMatchObject({ code: fields.code, rawMessage: fields.message });
        expect(Object.keys(error?.details ?? {})).toEqual(fields.detailKeys);
      }
    }
  });

  test("is encoded to the same bytes", () => {
    if (foryEqual) expect(hex(statusCodecs.fory.encode(fields))).toBe(fory);
    if (jsonEqual) expect(text(statusCodecs.json.encode(fields))).toBe(json);
  });
});

test("the trailer of success has the bytes of the Python package, in both forms", () => {
  const [ok] = statuses;
  expect(hex(okTrailers.fory)).toBe(ok?.fory);
  expect(text(okTrailers.json)).toBe(ok?.json);
});

describe("a status to send", () => {
  const sent = (error: RpcError): RpcStatus =>
    statusCodecs.fory.decode(encodeFailure(error, "fory", defaultLimits));

  test("has its message cut and long details left out", () => {
    const few = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, "v"]));
    const status = sent(new RpcError(StatusCode.ABORTED, "x".repeat(5000), { details: few }));
    expect(status.message).toBe(`${"x".repeat(4093)}...`);
    expect(status.detailKeys).toEqual(Object.keys(few).slice(0, 32));
    const details = { long: "v".repeat(4097), ["k".repeat(257)]: "v", right: "v".repeat(4096) };
    expect(sent(new RpcError(StatusCode.ABORTED, "", { details }))).toMatchObject({
      detailKeys: ["right"],
      detailValues: ["v".repeat(4096)],
    });
  });

  test("fits the limits of its receiver, whatever the details", () => {
    const details = Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => [`k${i}`, "日".repeat(4096)]),
    );
    const bytes = encodeFailure(
      new RpcError(StatusCode.ABORTED, "日".repeat(4096), { details }),
      "json",
      defaultLimits,
      Array.from({ length: 32 }, (_, i) => [`t${i}`, "日".repeat(80)] as const),
    );
    expect(bytes.length).toBeLessThan(defaultLimits.maxStatusBytes);
    expect(decodeTrailer(bytes, defaultLimits)?.code).toBe(StatusCode.ABORTED);
  });

  test("carries any text, with lone surrogates replaced", () => {
    expect(sent(new RpcError(StatusCode.ABORTED, "a\ud800b🦊")).message).toBe("a\ufffdb🦊");
    const cut = sent(new RpcError(StatusCode.ABORTED, "🦊".repeat(3000))).message;
    expect(cut.length).toBe(4096);
  });
});

test("a damaged status becomes an INTERNAL error", () => {
  for (const { fory } of statuses.slice(0, 4)) {
    const bytes = Buffer.from(fory, "hex");
    for (let length = 1; length < bytes.length; length++) {
      expect(decodeTrailer(bytes.subarray(0, length), defaultLimits)).toBeInstanceOf(RpcError);
    }
    for (let index = 0; index < bytes.length; index++) {
      const flipped = Uint8Array.from(bytes);
      flipped[index] = (flipped[index] as number) ^ 0x41;
      const read = decodeTrailer(flipped, defaultLimits);
      expect(read === undefined || read instanceof RpcError).toBe(true);
    }
  }
});
