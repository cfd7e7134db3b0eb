// A contract that imports @aster/rpc runs in a browser, and agrees with Node there.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { chromium } from "./support/chromium.ts";
import { run, runWithErrors } from "./support/run.ts";

const cwd = inject("pnpmProject");
const bundlers = ["esbuild, browser", "vite, browser"];

async function bundled(bundler: string): Promise<string> {
  const { stdout, stderr } = await runWithErrors("node", ["bundle.mjs", bundler], { cwd });
  expect(stderr).toBe("");
  return stdout;
}

test.each(bundlers)(
  "a contract brings no server, native module or import along: %s",
  async (name) => {
    const text = await readFile(join(cwd, await bundled(name)), "utf8");
    expect(text).toContain("shop/Order");
    expect(text).not.toMatch(/AsterServer|NativeNode|@aster\/native|blake3-node/);
    expect(text).not.toMatch(
      /\bfrom\s*["']|^import\s*["']|\brequire\(|node:async_hooks|node:crypto/m,
    );
  },
);

if (chromium === undefined && !process.env.CI) {
  console.log(
    'contracts in a browser: not tested: install Chromium ("apt-get install chromium"), or put one on the PATH',
  );
}

describe.skipIf(chromium === undefined && !process.env.CI)("in Chromium", () => {
  test.each(bundlers)("ids and JSON messages are those of Node: %s", async (name) => {
    expect(chromium, "no Chromium on the PATH").toBeDefined();
    const script = await bundled(name);
    const inPage = await runWithErrors("node", ["open-page.mjs", String(chromium), script], {
      cwd,
    });
    expect(inPage.stderr).toBe("");
    const here = 'import { summary } from "./browser.ts"; console.log(JSON.stringify(summary()))';
    const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
    const inNode = await run("node", [...flags, "--eval", here], { cwd });
    expect(JSON.parse(inPage.stdout)).toEqual(JSON.parse(inNode));
    expect(JSON.parse(inNode)).toMatchObject({ item: "tea", notFound: 5 });
  });
});
