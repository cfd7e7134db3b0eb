import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifestOf } from "@aster/contract/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkManifestFile } from "../../src/publish/drift.ts";
import { Greeter, GreeterTwo } from "../support/memory-registry.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aster-drift-"));
  path = join(folder, "manifest.json");
});

afterEach(() => rm(folder, { recursive: true }));

test.each([
  ["one manifest", manifestOf(Greeter)],
  ["a list of manifests", [manifestOf(GreeterTwo), manifestOf(Greeter)]],
  ["manifests of other services", manifestOf(GreeterTwo)],
])("accepts services that agree with %s", async (_, value) => {
  await writeFile(path, JSON.stringify(value));
  await checkManifestFile([Greeter], path);
});

test("accepts services without a file", () => checkManifestFile([Greeter], path));

test("refuses a service whose contract has changed", async () => {
  const changed = { ...manifestOf(Greeter), contract_id: "ab".repeat(32) };
  await writeFile(path, JSON.stringify([manifestOf(GreeterTwo), changed]));
  await expect(checkManifestFile([GreeterTwo, Greeter], path)).rejects.toMatchObject({
    code: "drift",
    message: expect.stringContaining("the contract of Greeter version 1 is"),
  });
});

test.each(["", "{", "[1]", "null"])("refuses a file that cannot be read: %j", async (text) => {
  await writeFile(path, text);
  await expect(checkManifestFile([Greeter], path)).rejects.toMatchObject({ code: "drift" });
});
