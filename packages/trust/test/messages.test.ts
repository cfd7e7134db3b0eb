import { describe, expect, test } from "vitest";
import vectors from "../../../fixtures/admission/admission.json" with { type: "json" };
import {
  AdmissionError,
  type AdmissionResponse,
  encodeAdmissionRequest,
  encodeAdmissionResponse,
  parseAdmissionRequest,
  parseAdmissionResponse,
} from "../src/index.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (from: string): Uint8Array => new TextEncoder().encode(from);

function expectRefused(read: () => unknown): void {
  let error: unknown;
  try {
    read();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(AdmissionError);
  expect(error).toMatchObject({ code: "protocol" });
}

describe("the wheel's messages", () => {
  test.each(vectors.requests)("request: $name", (vector) => {
    expect(text(encodeAdmissionRequest(vector.value))).toBe(vector.text);
    expect(parseAdmissionRequest(bytes(vector.text))).toEqual(vector.value);
  });

  test.each(vectors.responses)("response: $name", (vector) => {
    expect(parseAdmissionResponse(bytes(vector.text))).toEqual(vector.value);
    expect(text(encodeAdmissionResponse(vector.value as AdmissionResponse))).toBe(vector.text);
  });

  test.each(vectors.denials)("denial: $name", (vector) => {
    const response = parseAdmissionResponse(bytes(vector.text));
    expect(response.admitted).toBe(false);
    expect(text(encodeAdmissionResponse(response))).toBe(vector.text);
  });

  test.each(vectors.liberalRequests)("request read as the wheel reads it: $name", (vector) => {
    if (vector.value === null) expectRefused(() => parseAdmissionRequest(vector.text));
    else expect(parseAdmissionRequest(vector.text)).toEqual(vector.value);
  });

  test.each(vectors.liberalResponses)("response read as the wheel reads it: $name", (vector) => {
    if (vector.value === null) expectRefused(() => parseAdmissionResponse(vector.text));
    else expect(parseAdmissionResponse(vector.text)).toEqual(vector.value);
  });
});

describe("bad messages", () => {
  const signed = vectors.requests[1]?.text ?? "";
  const offered = vectors.responses[0]?.text ?? "";

  test("every truncation is refused", () => {
    const request = bytes(signed);
    for (let at = 0; at < request.length; at++) {
      expectRefused(() => parseAdmissionRequest(request.subarray(0, at)));
    }
    const response = bytes(offered);
    for (let at = 0; at < response.length; at++) {
      expectRefused(() => parseAdmissionResponse(response.subarray(0, at)));
    }
  });

  test("64 KiB are read, one byte more is not", () => {
    const filled = (size: number): string => signed + " ".repeat(size - signed.length);
    expect(parseAdmissionRequest(filled(65_536)).iidToken).toBe("token");
    expectRefused(() => parseAdmissionRequest(filled(65_537)));
    expectRefused(() => parseAdmissionRequest(bytes(filled(65_537))));
  });

  test("50 levels are read, deeper nesting is not", () => {
    const nested = (depth: number): string =>
      `{"credential_json":"","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    expect(parseAdmissionRequest(nested(50)).credentialJson).toBe("");
    expectRefused(() => parseAdmissionRequest(nested(51)));
    expectRefused(() => parseAdmissionRequest(nested(60)));
    expect(parseAdmissionRequest(`{"credential_json":"${"[".repeat(60)}\\"["}`)).toBeDefined();
  });

  test("text that is no UTF-8 is refused", () => {
    const request = bytes('{"credential_json":"?"}');
    expect(parseAdmissionRequest(request).credentialJson).toBe("?");
    request[request.indexOf(0x3f)] = 0xff;
    expectRefused(() => parseAdmissionRequest(request));
  });

  test("__proto__ reaches no prototype", () => {
    const response = parseAdmissionResponse(
      '{"admitted":true,"__proto__":{"admitted":false},"attributes":{"__proto__":"x","constructor":"y"},' +
        '"services":[{"name":"A","version":1,"contract_id":"","__proto__":{"pattern":"session"},"channels":{"__proto__":"z"}}]}',
    );
    expect(response.attributes).toEqual({ constructor: "y" });
    expect(Object.getPrototypeOf(response.attributes)).toBe(Object.prototype);
    expect(response.services[0]).toMatchObject({ scoped: "shared", channels: {} });
    expect(({} as Record<string, unknown>).admitted).toBeUndefined();
  });

  test.each([
    ["admitted", '{"admitted":1}'],
    ["version", '{"admitted":true,"services":[{"name":"A","version":1.5,"contract_id":""}]}'],
    ["version", '{"admitted":true,"services":[{"name":"A","version":-1,"contract_id":""}]}'],
    ["name", '{"admitted":true,"services":[{"name":"","version":1,"contract_id":""}]}'],
    ["services", '{"admitted":true,"services":{}}'],
    ["attributes", '{"admitted":true,"attributes":{"a":1}}'],
    [
      "pattern",
      '{"admitted":true,"services":[{"name":"A","version":1,"contract_id":"","pattern":"x"}]}',
    ],
    [
      "attributes",
      JSON.stringify({
        admitted: true,
        attributes: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`a${at}`, ""])),
      }),
    ],
  ])("a wrong %s is refused and named", (place, wire) => {
    expectRefused(() => parseAdmissionResponse(wire));
    expect(() => parseAdmissionResponse(wire)).toThrow(place);
  });

  test("what peers could not read is not sent", () => {
    const tooLarge = { credentialJson: "x".repeat(65_537), iidToken: "" };
    expect(() => encodeAdmissionRequest(tooLarge)).toThrow(AdmissionError);
    expect(() => encodeAdmissionRequest(tooLarge)).toThrow("65536");
  });
});
