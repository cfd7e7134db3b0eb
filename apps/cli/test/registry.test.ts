import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { emptyPlace } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

test("finds producers and contracts in a registry", async () => {
  await using place = await emptyPlace();
  await using server = await startExamples({ registry: {} });
  const { address, endpointId, contracts, registry } = server;
  const where = ["--namespace", registry.namespace, "--peer", address, "--json"];
  const contractId = contracts.Greeter ?? "";

  const resolve = ["registry", "resolve", ...where, "--service"];
  const found = await place.aster([...resolve, "Greeter"]);
  expect(found.json()).toMatchObject({ contractId, leases: [{ endpointId }], chosen: endpointId });
  const unknown = await place.aster([...resolve, "Other"]);
  expect(unknown.code).toBe(1);
  expect(unknown.json()).toMatchObject({ error: { code: 5, reason: "registry.missing" } });
  const versioned = await place.aster([...resolve, "Greeter", "--version", "1"]);
  expect(versioned.json()).toMatchObject({ contractId, chosen: endpointId });
  const next = await place.aster([...resolve, "Greeter", "--version", "2"]);
  expect([next.code, next.json()]).toMatchObject([1, { error: { status: "NOT_FOUND" } }]);
  const both = await place.aster([...resolve, "Greeter", "--version", "1", "--tag", "t"]);
  expect([both.code, both.json()]).toMatchObject([2, { error: { code: 3 } }]);

  const watched = await place.aster(["registry", "watch", ...where, "--for-ms", "300"]);
  expect(watched.lines().map(({ event }) => event)).toContain("lease");

  const source = `${registry.namespace}@${address}`;
  const diff = await place.aster(["contract", "diff", source, source, "--json"]);
  expect(diff.json()).toMatchObject({ equal: true });
  const blobs = (await place.aster(["blob", "ls", source, "--json"])).json<{ blobs: object[] }>();
  expect(blobs.blobs).toContainEqual({
    hash: contractId,
    bytes: expect.any(Number),
    name: "Greeter v1",
  });
  const save = ["blob", "save", address, contractId, "contract.bin", "--json"];
  expect((await place.aster(save)).code).toBe(0);
  const bytes = await readFile(place.file("contract.bin"));
  expect(await place.aster(["blob", "cat", address, contractId])).toMatchObject({
    stdout: bytes.toString("utf8"),
  });
  expect((await place.aster(save)).json()).toMatchObject({ error: { reason: "file.exists" } });
}, 120_000);

test("a registry without a peer that answers ends with 4", async () => {
  await using place = await emptyPlace();
  const server = await startExamples({ registry: {} });
  const { address, registry } = server;
  await server.close();
  const where = ["--namespace", registry.namespace, "--peer", address, "--timeout", "1"];
  expect((await place.aster(["registry", "watch", ...where])).code).toBe(4);
}, 60_000);
