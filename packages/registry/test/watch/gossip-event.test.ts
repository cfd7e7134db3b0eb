import { expect, test } from "vitest";
import vectors from "../../../../fixtures/registry/registry.json" with { type: "json" };
import {
  encodeGossipEvent,
  type GossipEvent,
  parseGossipEvent,
} from "../../src/watch/gossip-event.ts";

const cases = vectors.gossip as { text: string; value: GossipEvent }[];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each(cases)("reads and writes the notice of the Python package: $value.type", (each) => {
  expect(Buffer.from(encodeGossipEvent(each.value)).toString()).toBe(each.text);
  expect(parseGossipEvent(bytes(each.text))).toEqual(each.value);
});

test("reads a notice without unused keys", () => {
  const notice = { type: 3, service: "Echo", endpoint_id: "ab".repeat(32) };
  expect(parseGossipEvent(bytes(JSON.stringify(notice)))).toEqual({
    type: "endpointDown",
    service: "Echo",
    endpointId: "ab".repeat(32),
    timestampMs: 0,
  });
});

test.each([
  ["another type", { type: 6 }],
  ["a type as text", { type: "3" }],
  ["no endpoint", { type: 3, service: "Echo" }],
  ["no service", { type: 3, endpoint_id: "ab".repeat(32) }],
  ["a bad endpoint", { type: 3, service: "Echo", endpoint_id: "x" }],
  ["no prefix", { type: 4 }],
  ["a bad time", { type: 4, key_prefix: "_aster/", timestamp_ms: -1 }],
  ["too much text", { type: 4, key_prefix: "x".repeat(4_000) }],
])("refuses a notice with %s", (_, notice) => {
  expect(() => parseGossipEvent(bytes(JSON.stringify(notice)))).toThrow(
    expect.objectContaining({ code: "record" }),
  );
});
