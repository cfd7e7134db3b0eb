import { wireType } from "@aster/codec";
import { defineService, unary } from "@aster/contract";
import { expect, test } from "vitest";
import { z } from "zod";
import vectors from "../../../../fixtures/registry/registry.json" with { type: "json" };
import {
  checkedManifest,
  contractCollectionOf,
  manifestIn,
  verifiedContract,
} from "../../src/publish/contract-collection.ts";

const Point = wireType("fixture/Point", { x: z.int().default(0), y: z.int().default(0) });
const Route = wireType("fixture/Route", {
  name: z.string().default(""),
  points: z.array(Point).default([]),
});
const Trip = wireType("fixture/Trip", {
  routes: z.array(Route).default([]),
  start: Point.nullable().default(null),
});
const Length = wireType("fixture/Length", { meters: z.int().default(0) });
const Routes = defineService(
  "Routes",
  { version: 2 },
  {
    plan: unary(Trip, Route, { timeoutMs: 1_500, idempotent: true }),
    measure: unary(Route, Length),
  },
);

const { blobs, contractId } = contractCollectionOf(Routes);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("has the names and bytes of the Python package, in its order", () => {
  const ours = blobs.map(({ name, content }) => ({
    name,
    hex: Buffer.from(content).toString("hex"),
  }));
  expect(ours).toEqual(vectors.collection);
});

test("is checked against the contract id", () => {
  const contract = verifiedContract(contractId, blobs);
  expect(checkedManifest(contract, manifestIn(blobs) ?? new Uint8Array()).service).toBe("Routes");
  const other = [{ name: "contract.bin", content: Uint8Array.of(1, 2, 3) }];
  for (const wrong of [other, []]) {
    expect(() => verifiedContract(contractId, wrong)).toThrow(
      expect.objectContaining({ code: "contract" }),
    );
  }
});

test.each([
  ["service", { service: "Other" }],
  ["version", { version: 3 }],
  ["contract id", { contract_id: "ab".repeat(32) }],
  ["methods", { methods: [] }],
])("refuses a manifest with another %s", (what, change) => {
  const contract = verifiedContract(contractId, blobs);
  const manifest = JSON.parse(text(manifestIn(blobs) ?? new Uint8Array()));
  const changed = new TextEncoder().encode(JSON.stringify({ ...manifest, ...change }));
  expect(() => checkedManifest(contract, changed)).toThrow(`in its ${what}`);
});

test("refuses a manifest that cannot be read", () => {
  const contract = verifiedContract(contractId, blobs);
  expect(() => checkedManifest(contract, Uint8Array.of(0x7b))).toThrow("cannot be read");
});
