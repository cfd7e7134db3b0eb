import { describe, expect, it } from "vitest";
import { areMessages, jsonOf, messageFrom } from "../src/services/json-message.ts";
import { CountReply, CountRequest } from "../src/services/testkit-messages.ts";

describe("messages as JSON", () => {
  it("have wire names and defaults for missing fields", () => {
    expect(messageFrom(CountRequest, { delay_ms: 5 })).toEqual({
      start: 0,
      end: 0,
      delayMs: 5,
      size: 0,
    });
    expect(jsonOf(CountRequest, { delayMs: 5 })).toEqual({
      start: 0,
      end: 0,
      delay_ms: 5,
      size: 0,
    });
  });

  it("contain bytes as base64", () => {
    const payload = Uint8Array.of(0, 255);
    expect(messageFrom(CountReply, { n: 1, payload: "AP8=" })).toEqual({ n: 1, payload });
    expect(jsonOf(CountReply, { n: 1, payload })).toEqual({ n: 1, payload: "AP8=" });
  });

  it("are distinguished from other JSON", () => {
    expect(areMessages(CountRequest, [{}, { start: 1 }])).toBe(true);
    expect(areMessages(CountRequest, [{}, { bogus: 1 }])).toBe(false);
    expect(areMessages(CountRequest, [{ start: "one" }])).toBe(false);
    expect(areMessages(CountRequest, ["text"])).toBe(false);
  });
});
