import { describe, expect, test } from "vitest";
import { gossipTopicOf } from "../../src/admission.ts";
import {
  encodeProducerMessage,
  isSignedBySender,
  parseProducerMessage,
  signProducerMessage,
} from "../../src/mesh.ts";

// made by sign_producer_message of aster-rpc 0.1.2
const made = {
  sender: "ab".repeat(32),
  signature:
    "1241b5f712912623308b4139f64f0e96cc9768e6607e887caffc7c2a9e91ccd13ad748b94289a57d074c31db7d9aad0043ff37954152318c653e530c9425330a",
};

describe("a message of the Python package", () => {
  test("is written and read byte by byte", () => {
    const text = `{"type":4,"payload":"7b2261223a317d","sender":"${made.sender}","epoch_ms":1712764800000,"signature":"${made.signature}"}`;
    const message = parseProducerMessage(Buffer.from(text));
    expect(Buffer.from(encodeProducerMessage(message)).toString()).toBe(text);
    expect(Buffer.from(message.payload).toString()).toBe('{"a":1}');
    // the script signed with another key than that of the sender
    expect(isSignedBySender(message)).toBe(false);
  });

  test("is signed over the same bytes", () => {
    const payload = Buffer.from('{"a":1}');
    const secretKey = new Uint8Array(32).fill(7);
    const message = signProducerMessage(secretKey, {
      type: 4,
      payload,
      epochMs: 1_712_764_800_000,
    });
    expect(isSignedBySender(message)).toBe(true);
    expect(isSignedBySender({ ...message, type: 3 })).toBe(false);
  });

  test("belongs to the same topic", () => {
    expect(gossipTopicOf("01".repeat(32), "02".repeat(32))).toBe(
      "9d22c2c8f750fb6763b4847d2c983dd7c0f2b40090c502359426f988dc7c6841",
    );
  });
});

test("a message of more than 3968 bytes is not written", () => {
  const secretKey = new Uint8Array(32).fill(7);
  const message = signProducerMessage(secretKey, {
    type: 4,
    payload: new Uint8Array(2_000),
    epochMs: 1,
  });
  expect(() => encodeProducerMessage(message)).toThrow(/peers read at most 3968/);
});
