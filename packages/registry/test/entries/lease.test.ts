import { describe, expect, test } from "vitest";
import vectors from "../../../../fixtures/registry/registry.json" with { type: "json" };
import {
  type EndpointLease,
  encodeLease,
  type HealthStatus,
  isFresh,
  isRoutable,
  LEASE_TOMBSTONE,
  newLease,
  parseLease,
  RegistryError,
  renewLease,
} from "../../src/index.ts";

const NOW = 1_795_244_704_123;
const [plain, full] = vectors.leases as { name: string; text: string; value: EndpointLease }[];
if (plain === undefined || full === undefined) throw new Error("fixtures/registry has two leases");
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test.each([plain, full])("reads and writes the lease of the Python package: $name", (vector) => {
  expect(parseLease(vector.text)).toEqual(vector.value);
  expect(text(encodeLease(vector.value))).toBe(vector.text);
});

test("makes a lease with the defaults of the Python package", () => {
  const { endpointId, contractId, service, version } = plain.value;
  const lease = newLease({ endpointId, contractId, service, version }, NOW);
  expect(text(encodeLease(lease))).toBe(plain.text);
});

test("renews a lease with the next number and a new term", () => {
  const lease = renewLease(full.value, NOW + 15_000, { healthStatus: "draining" });
  expect(lease).toEqual({
    ...full.value,
    healthStatus: "draining",
    leaseSeq: full.value.leaseSeq + 1,
    updatedAtEpochMs: NOW + 15_000,
    leaseExpiresEpochMs: NOW + 60_000,
  });
});

describe("freshness", () => {
  test.each(vectors.freshness)("is the same as in the Python package after $afterMs ms", (at) => {
    expect(isFresh(plain.value, NOW + at.afterMs)).toBe(at.fresh);
  });

  test("accepts a date in the future only within the clock skew", () => {
    expect(isFresh(plain.value, NOW - 5_000)).toBe(true);
    expect(isFresh(plain.value, NOW - 5_001)).toBe(false);
    expect(isFresh(plain.value, NOW - 3_600_000)).toBe(false);
  });

  test("ends at an earlier expiry of the writer", () => {
    const short = { ...plain.value, leaseExpiresEpochMs: NOW + 10_000 };
    expect(isFresh(short, NOW + 10_000)).toBe(true);
    expect(isFresh(short, NOW + 10_001)).toBe(false);
  });
});

test.each(Object.entries(vectors.routable))("%s accepts calls: %s", (healthStatus, routable) => {
  const lease = { ...plain.value, healthStatus: healthStatus as HealthStatus };
  expect(isRoutable(lease)).toBe(routable);
});

test("reads a withdrawn lease as undefined", () => {
  expect(parseLease(LEASE_TOMBSTONE)).toBeUndefined();
});

describe("a bad lease is refused", () => {
  const wire = JSON.parse(full.text) as Record<string, unknown>;
  const refused = (value: unknown): void => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    expect(() => parseLease(bytes)).toThrow(expect.objectContaining({ code: "record" }));
  };

  test.each(Object.keys(wire))("without %s", (key) => {
    const { [key]: _, ...rest } = wire;
    refused(rest);
  });

  test.each([
    ["lease_seq", -1],
    ["lease_seq", 2 ** 53],
    ["lease_seq", "1"],
    ["updated_at_epoch_ms", 1.5],
    ["updated_at_epoch_ms", -1],
    ["lease_expires_epoch_ms", null],
    ["load", 1.01],
    ["load", "0"],
    ["health_status", "READY"],
    ["endpoint_id", "AB".repeat(32)],
    ["service", ""],
    ["tags", Array.from({ length: 257 }, () => "")],
    ["direct_addrs", ["x".repeat(257)]],
    ["alpn", null],
  ])("%s = %j", (key, value) => {
    refused({ ...wire, [key]: value });
  });

  test("but an unknown key is ignored", () => {
    expect(parseLease(JSON.stringify({ ...wire, region: "eu" }))).toEqual(full.value);
  });

  test("if truncated, too long or too deep", () => {
    for (let at = 0; at < full.text.length; at++) {
      expect(() => parseLease(full.text.slice(0, at))).toThrow(RegistryError);
    }
    expect(() => parseLease(full.text + " ".repeat(65_536))).toThrow("65536");
    expect(() => parseLease(`${"[".repeat(51)}${"]".repeat(51)}`)).toThrow("deeper");
  });

  test("when it is written", () => {
    expect(() => encodeLease({ ...full.value, leaseSeq: -1 })).toThrow("lease_seq");
    expect(() => encodeLease({ ...full.value, endpointId: "x" })).toThrow(RegistryError);
  });
});
