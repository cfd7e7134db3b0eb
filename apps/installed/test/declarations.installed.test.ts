// A library that depends on the packed packages can publish declarations of its own contracts.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { run } from "./support/run.ts";

const cwd = inject("pnpmProject");

test.each([
  ["nodenext", ["--module", "nodenext"]],
  ["node16", ["--module", "node16"]],
  ["bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
])("declarations are emitted with module resolution %s", async (name, resolution) => {
  const outDir = join(cwd, `declarations-${name}`);
  const options = ["--ignoreConfig", "--strict", "--declaration", "--emitDeclarationOnly"];
  const target = [
    ...["--target", "es2023", "--lib", "esnext", "--types", "node"],
    "--exactOptionalPropertyTypes",
  ];
  await run(
    "node",
    [
      join("node_modules", "typescript", "bin", "tsc"),
      ...[...options, ...target, ...resolution, "--outDir", outDir, "contract.ts"],
    ],
    { cwd },
  );
  const declarations = await readFile(join(outDir, "contract.d.ts"), "utf8");
  expect(declarations).toMatch(/export declare const Shop: .*ServiceDefinition</);
  expect(declarations).not.toMatch(/\bany\b|node_modules/);
  await rm(outDir, { recursive: true });
});
