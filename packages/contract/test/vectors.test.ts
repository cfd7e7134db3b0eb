import { expect, test } from "vitest";
import { contractIdFromService, contractIdOf } from "../src/index.ts";
import {
  blake3,
  canonicalBytes,
  contractOf,
  encodeServiceContract,
  encodeTypeDef,
  type ServiceContract,
  type TypeDef,
} from "../src/model/index.ts";
import { toHex } from "../src/model/type-hash.ts";
import { fixture, type ServiceCase, serviceOf } from "./notation.ts";

const services = fixture<ServiceCase[]>("services.json");

test("has enough services to be meaningful", () => {
  expect(services.length).toBeGreaterThanOrEqual(35);
});

test.each(services)("service: $name", (each) => {
  const definition = serviceOf(each);
  const types = contractOf(definition).types;
  expect(Object.fromEntries(types.map((type) => [type.tag, toHex(type.bytes)])), "types").toEqual(
    each.typeHex,
  );
  expect(Object.fromEntries(types.map((type) => [type.tag, toHex(type.hash)]))).toEqual(
    each.typeHashes,
  );
  expect(toHex(canonicalBytes(definition))).toBe(each.canonicalHex);
  expect(contractIdOf(definition)).toBe(each.contractId);
  expect(contractIdFromService(definition)).toBe(each.contractId);
});

interface ModelCase {
  name: string;
  kind: "service" | "type";
  model: unknown;
  canonicalHex: string;
  hash: string;
}

/** Bytes are `{"hex": …}` in the fixture. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("hex" in value) return Uint8Array.from(Buffer.from(String(value.hex), "hex"));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]));
}

test.each(fixture<ModelCase[]>("models.json"))("model: $name", (each) => {
  const model = revive(each.model);
  const bytes =
    each.kind === "service"
      ? encodeServiceContract(model as ServiceContract)
      : encodeTypeDef(model as TypeDef);
  expect(toHex(bytes)).toBe(each.canonicalHex);
  expect(toHex(blake3(bytes))).toBe(each.hash);
});
