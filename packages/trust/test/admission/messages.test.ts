import { describe, expect, test } from "vitest";
import vectors from "../../../../fixtures/admission/admission.json" with { type: "json" };
import {
  type AdmissionResponse,
  encodeAdmissionRequest,
  encodeAdmissionResponse,
  parseAdmissionRequest,
  parseAdmissionResponse,
} from "../../src/admission.ts";
import { AdmissionError, type AdmittedService } from "../../src/index.ts";

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

describe("messages of the Python package", () => {
  test.each(vectors.requests)("reads and writes the request: $name", (vector) => {
    expect(text(encodeAdmissionRequest(vector.value))).toBe(vector.text);
    expect(parseAdmissionRequest(bytes(vector.text))).toEqual(vector.value);
  });

  test.each(vectors.responses)("reads and writes the response: $name", (vector) => {
    expect(parseAdmissionResponse(bytes(vector.text))).toEqual(vector.value);
    expect(text(encodeAdmissionResponse(vector.value as AdmissionResponse))).toBe(vector.text);
  });

  test.each(vectors.denials)("reads and writes the denial: $name", (vector) => {
    const response = parseAdmissionResponse(bytes(vector.text));
    expect(response.admitted).toBe(false);
    expect(text(encodeAdmissionResponse(response))).toBe(vector.text);
  });

  test.each(vectors.liberalRequests)(
    "reads or refuses the request like the Python package: $name",
    (vector) => {
      if (vector.value === null) expectRefused(() => parseAdmissionRequest(vector.text));
      else expect(parseAdmissionRequest(vector.text)).toEqual(vector.value);
    },
  );

  test.each(vectors.liberalResponses)(
    "reads or refuses the response like the Python package: $name",
    (vector) => {
      if (vector.value === null) expectRefused(() => parseAdmissionResponse(vector.text));
      else expect(parseAdmissionResponse(vector.text)).toEqual(vector.value);
    },
  );
});

describe("untrusted messages", () => {
  const signed = vectors.requests[1]?.text ?? "";
  const offered = vectors.responses[0]?.text ?? "";

  test("refuses every truncation", () => {
    const request = bytes(signed);
    for (let at = 0; at < request.length; at++) {
      expectRefused(() => parseAdmissionRequest(request.subarray(0, at)));
    }
    const response = bytes(offered);
    for (let at = 0; at < response.length; at++) {
      expectRefused(() => parseAdmissionResponse(response.subarray(0, at)));
    }
  });

  test("reads 64 KiB and refuses one byte more", () => {
    const filled = (size: number): string => signed + " ".repeat(size - signed.length);
    expect(parseAdmissionRequest(filled(65_536)).iidToken).toBe("token");
    expectRefused(() => parseAdmissionRequest(filled(65_537)));
    expectRefused(() => parseAdmissionRequest(bytes(filled(65_537))));
  });

  test("reads 50 levels and refuses deeper nesting", () => {
    const nested = (depth: number): string =>
      `{"credential_json":"","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    expect(parseAdmissionRequest(nested(50)).credentialJson).toBe("");
    expectRefused(() => parseAdmissionRequest(nested(51)));
    expectRefused(() => parseAdmissionRequest(nested(60)));
    expect(parseAdmissionRequest(`{"credential_json":"${"[".repeat(60)}\\"["}`)).toBeDefined();
  });

  test("refuses text that is not UTF-8", () => {
    const request = bytes('{"credential_json":"?"}');
    expect(parseAdmissionRequest(request).credentialJson).toBe("?");
    request[request.indexOf(0x3f)] = 0xff;
    expectRefused(() => parseAdmissionRequest(request));
  });

  test("does not change a prototype for the key __proto__", () => {
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
  ])("refuses a wrong %s and names it", (place, wire) => {
    expectRefused(() => parseAdmissionResponse(wire));
    expect(() => parseAdmissionResponse(wire)).toThrow(place);
  });

  test("refuses to write a request over the limit", () => {
    const tooLarge = { credentialJson: "x".repeat(65_537), iidToken: "" };
    expect(() => encodeAdmissionRequest(tooLarge)).toThrow(AdmissionError);
    expect(() => encodeAdmissionRequest(tooLarge)).toThrow("65536");
  });
});

describe("methods", () => {
  const id = "22".repeat(32);
  const answer = (extra: Partial<AdmittedService> = {}): AdmissionResponse => ({
    admitted: true,
    attributes: {},
    services: [
      {
        name: "Echo",
        version: 1,
        contractId: "11".repeat(32),
        channels: {},
        scoped: "shared",
        serializationModes: ["xlang"],
        ...extra,
      },
    ],
    registryNamespace: "",
    rootPubkey: "00".repeat(32),
    reason: "",
  });
  const trip = (extra: Partial<AdmittedService>) =>
    parseAdmissionResponse(encodeAdmissionResponse(answer(extra))).services[0];

  test("travel with their service, behind the keys of the Python package", () => {
    const extra: Partial<AdmittedService> = {
      requires: { kind: "role", roles: ["ops"] },
      methods: { say: { id }, tail: { id, requires: { kind: "any_of", roles: ["logs", "x"] } } },
    };
    expect(trip(extra)).toEqual(answer(extra).services[0]);
    expect(text(encodeAdmissionResponse(answer(extra)))).toContain(
      `"serialization_modes":["xlang"],"requires":{"kind":"role","roles":["ops"]},"methods":[` +
        `{"name":"say","id":"${id}"},{"name":"tail","id":"${id}","requires":{"kind":"any_of","roles":["logs","x"]}}]}`,
    );
  });

  test("may have any name", () => {
    const methods = JSON.parse(`{"__proto__":{"id":"${id}"},"constructor":{"id":"${id}"}}`);
    expect(Object.keys(trip({ methods })?.methods ?? {})).toEqual(["__proto__", "constructor"]);
  });

  test("are absent for a peer that sends none, or another form", () => {
    expect(trip({})).not.toHaveProperty("methods");
    const sent = text(encodeAdmissionResponse(answer({ methods: {} })));
    expect(sent).toContain('"methods":[]');
    for (const other of ['["say"]', '{"say":{}}', '[{"name":"say"}]', '[{"name":"","id":""}]']) {
      const changed = parseAdmissionResponse(sent.replace('"methods":[]', `"methods":${other}`));
      expect(changed.services[0]).not.toHaveProperty("methods");
    }
    const form = sent.replace('"methods":[]', '"requires":{"kind":"all","roles":["a"]}');
    expect(parseAdmissionResponse(form).services[0]).not.toHaveProperty("requires");
  });

  test("are left out of an answer that they would make too long", () => {
    const many = Array.from({ length: 1_000 }, (_, i) => [`method${i}`, { id }]);
    expect(trip({ methods: Object.fromEntries(many) })?.methods).toEqual({});
    const attributes = { a: "x".repeat(70_000) };
    const tooLong = { ...answer({ methods: { a: { id } } }), attributes };
    expect(() => encodeAdmissionResponse(tooLong)).toThrow("65536");
  });
});

describe("renewal", () => {
  test("is asked for by a key behind those of the Python package", () => {
    const request = { credentialJson: "{}", iidToken: "", renew: true };
    const bytes = encodeAdmissionRequest(request);
    expect(text(bytes)).toBe('{"credential_json":"{}","iid_token":"","renew":true}');
    expect(parseAdmissionRequest(bytes)).toEqual(request);
    for (const other of ["false", "null", '"yes"', "1"]) {
      const read = parseAdmissionRequest(text(bytes).replace("true", other));
      expect(read).toEqual({ credentialJson: "{}", iidToken: "" });
    }
  });

  test("is answered by the last key", () => {
    const wire =
      '{"admitted":true,"attributes":{},"services":[],"registry_namespace":"",' +
      '"root_pubkey":"","reason":"","credential_json":"{}"}';
    const response = parseAdmissionResponse(wire);
    expect(response.credentialJson).toBe("{}");
    expect(text(encodeAdmissionResponse(response))).toBe(wire);
  });
});
