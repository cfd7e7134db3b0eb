import { describe, expect, test } from "vitest";
import vectors from "../../../../fixtures/registry/registry.json" with { type: "json" };
import {
  leasePrefix,
  parseRegistryKey,
  REGISTRY_PREFIXES,
  RegistryError,
  type RegistryKey,
  registryKey,
} from "../../src/index.ts";

const ID = "11".repeat(32);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (from: string): Uint8Array => new TextEncoder().encode(from);

test.each(vectors.keys)(
  "reads and writes the key of the Python package $text",
  ({ key, text: wire }) => {
    expect(text(registryKey(key as RegistryKey))).toBe(wire);
    expect(parseRegistryKey(bytes(wire))).toEqual(key);
  },
);

test("writes and reads the key of a manifest", () => {
  expect(text(registryKey({ kind: "manifest", contractId: ID }))).toBe(`manifests/${ID}`);
  expect(parseRegistryKey(bytes(`manifests/${ID}`))).toEqual({ kind: "manifest", contractId: ID });
});

test("returns the prefix of the leases of a contract", () => {
  const { service, contractId, text: wire } = vectors.leasePrefix;
  expect(text(leasePrefix(service, contractId))).toBe(wire);
  expect(() => leasePrefix("a/b", contractId)).toThrow(RegistryError);
});

test("covers every key with a synchronised prefix", () => {
  for (const { text: wire } of vectors.keys) {
    expect(REGISTRY_PREFIXES.some((prefix) => wire.startsWith(prefix))).toBe(true);
  }
});

describe("refuses", () => {
  const bad = ["", "a/b", "/", "a\u0000", "a\nb", "a\u007f", "\ud800", "x".repeat(257)];
  test.each(bad)("name %j", (name) => {
    const keys: RegistryKey[] = [
      { kind: "version", service: name, version: 1 },
      { kind: "channel", service: "Echo", channel: name },
      { kind: "channel", service: name, channel: "a" },
      { kind: "tag", service: "Echo", tag: name },
      { kind: "lease", service: name, contractId: ID, endpointId: ID },
      { kind: "config", name },
    ];
    for (const key of keys) {
      expect(() => registryKey(key)).toThrow(expect.objectContaining({ code: "key" }));
    }
  });

  test.each(["", "11", `${ID}0`, "AB".repeat(32), `${"1".repeat(62)}/a`])("id %j", (id) => {
    const keys: RegistryKey[] = [
      { kind: "contract", contractId: id },
      { kind: "manifest", contractId: id },
      { kind: "lease", service: "Echo", contractId: id, endpointId: ID },
      { kind: "lease", service: "Echo", contractId: ID, endpointId: id },
    ];
    for (const key of keys) {
      expect(() => registryKey(key)).toThrow(expect.objectContaining({ code: "key" }));
    }
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 31, 2 ** 53])("version %d", (version) => {
    expect(() => registryKey({ kind: "version", service: "Echo", version })).toThrow(RegistryError);
  });
});

test.each([
  "",
  "contracts/",
  "contracts/11",
  `contracts/${ID}/x`,
  "services/Echo",
  "services/Echo/versions/1",
  "services/Echo/versions/v01",
  "services/Echo/versions/v",
  "services/Echo/versions/v4294967296",
  "services/Echo/versions/v1/x",
  "services//versions/v1",
  "services/Echo/channels/",
  "services/Echo/channels/a/b",
  `services/Echo/contracts/${ID}/endpoints/`,
  `services/Echo/contracts/${ID}/leases/${ID}`,
  "_aster/acl/owners",
  "_aster/config",
  "endpoints/x",
  "x".repeat(5_000),
])("ignores a foreign key: %s", (foreign) => {
  expect(parseRegistryKey(bytes(foreign))).toBeUndefined();
});

test("ignores bytes that are not UTF-8", () => {
  expect(parseRegistryKey(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
});
