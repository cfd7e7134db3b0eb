import { expect, test } from "vitest";
import vectors from "../../../../fixtures/registry/registry.json" with { type: "json" };
import {
  type ArtifactRef,
  encodeArtifactRef,
  parseArtifactRef,
  RegistryError,
} from "../../src/index.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test.each(vectors.artifactRefs)(
  "reads and writes the reference of the Python package: $name",
  (vector) => {
    expect(parseArtifactRef(vector.text)).toEqual(vector.value);
    expect(text(encodeArtifactRef(vector.value as ArtifactRef))).toBe(vector.text);
  },
);

test("reads a reference without a format as one blob", () => {
  expect(parseArtifactRef(vectors.olderArtifactRef.text)).toEqual(vectors.olderArtifactRef.value);
});

test.each([
  "null",
  "[]",
  "{}",
  `{"contract_id":"11","collection_hash":"${"22".repeat(32)}"}`,
  `{"contract_id":"${"11".repeat(32)}"}`,
  `{"contract_id":"${"11".repeat(32)}","collection_hash":"${"22".repeat(32)}","collection_format":"zip"}`,
  `{"contract_id":"${"11".repeat(32)}","collection_hash":"${"22".repeat(32)}","published_at_epoch_ms":-1}`,
])("refuses a bad reference: %s", (wire) => {
  expect(() => parseArtifactRef(wire)).toThrow(expect.objectContaining({ code: "record" }));
});

test("refuses to write a bad reference", () => {
  const ref = parseArtifactRef(vectors.olderArtifactRef.text);
  expect(() => encodeArtifactRef({ ...ref, ticket: "x".repeat(5_000) })).toThrow(RegistryError);
});
