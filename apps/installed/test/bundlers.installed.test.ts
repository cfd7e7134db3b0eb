// Bundlers accept the packed packages without an error or a warning, and the bundles run.
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { expect, inject, test } from "vitest";
import { run, runWithErrors } from "./support/run.ts";

const cwd = inject("pnpmProject");

test.each(["esbuild, ES module", "esbuild, CommonJS", "esbuild, minified", "vite, SSR", "webpack"])(
  "a bundle of the first program runs: %s",
  async (bundler) => {
    const { stdout: bundle, stderr } = await runWithErrors("node", ["bundle.mjs", bundler], {
      cwd,
    });
    expect(stderr).toBe("");
    expect(await readFile(join(cwd, bundle), "utf8")).not.toMatch(/(from|require\()\s*"@aster/);
    expect(await run("node", [bundle], { cwd })).toBe("Hello, World!");
  },
);

test("a bundle without its native package says what is missing", async () => {
  const bundle = await run("node", ["bundle.mjs", "esbuild, CommonJS"], { cwd });
  const elsewhere = await mkdtemp(join(tmpdir(), "aster-bundle-"));
  const copy = join(elsewhere, `first${extname(bundle)}`);
  await cp(join(cwd, bundle), copy);
  await expect(run("node", [copy], { cwd: elsewhere })).rejects.toThrow(
    /cannot find the package @aster\/native; a bundled program needs it beside the bundle/,
  );
  await rm(elsewhere, { recursive: true });
});
