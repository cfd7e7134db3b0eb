import type { AdmittedService } from "@aster/trust";
import type { AdmissionResponse } from "@aster/trust/admission";
import { expect, test } from "vitest";
import { admissionDirectory } from "../src/index.ts";

const service = (contractId: string, channels: Record<string, string>): AdmittedService => ({
  name: "Echo",
  version: 1,
  contractId,
  channels,
  scoped: "shared",
  serializationModes: [],
});

const response = (...services: AdmittedService[]): AdmissionResponse => ({
  admitted: true,
  attributes: {},
  services,
  registryNamespace: "",
  rootPubkey: "",
  reason: "",
});

test("resolves a contract to its addresses, that of the rpc channel first", async () => {
  const directory = admissionDirectory(
    response(
      service("one", { beta: "b", rpc: "a", same: "a", none: "" }),
      service("two", { rpc: "c" }),
      service("one", { rpc: "d" }),
    ),
  );
  expect(await directory.resolve("one")).toEqual(["a", "b", "d"]);
  expect(await directory.resolve("two")).toEqual(["c"]);
});

test("resolves an unknown contract to no addresses", async () => {
  const directory = admissionDirectory(response(service("one", {})));
  expect(await directory.resolve("one")).toEqual([]);
  expect(await directory.resolve("toString")).toEqual([]);
});

test("returns a copy of the addresses", async () => {
  const directory = admissionDirectory(response(service("one", { rpc: "a" })));
  const first = await directory.resolve("one");
  (first as string[]).push("x");
  expect(await directory.resolve("one")).toEqual(["a"]);
});
