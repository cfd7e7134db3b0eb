// The size of each entry in a bundle of a program, without @aster/rpc, against recorded sizes. When
// an entry grows on purpose, record its new size in bundle-sizes.json.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import recorded from "./bundle-sizes.json" with { type: "json" };

/** An entry may grow by this factor before it has to be recorded again. */
const ROOM = 1.1;

const folder = fileURLToPath(new URL("..", import.meta.url));

/** Returns the minified size of a program that imports something. */
async function sizeOf(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node22",
    external: ["@aster/rpc", "@opentelemetry/*"],
  });
  return outputFiles[0]?.contents.byteLength ?? Number.NaN;
}

const sizes: Readonly<Record<string, number>> = recorded;

describe.each(Object.entries(manifest.exports))("%s", (entry, source) => {
  test("stays within its recorded size", async () => {
    const size = await sizeOf(`export * from ${JSON.stringify(source)};`);
    const most = Math.ceil((sizes[entry] ?? 0) * ROOM);
    expect(size, `${entry} has ${size} bytes, at most ${most} are recorded`).toBeLessThanOrEqual(
      most,
    );
  });
});

test("every recorded entry exists", () => {
  expect(Object.keys(sizes).sort()).toEqual(Object.keys(manifest.exports).sort());
});

test("a program that imports one interceptor from the package contains no other", async () => {
  const own = await sizeOf(
    'import { deadline } from "./src/deadline.ts"; globalThis.x = deadline;',
  );
  const all = await sizeOf('import { deadline } from "./src/index.ts"; globalThis.x = deadline;');
  expect(all).toBe(own);
  const text = await readFile(new URL("../src/deadline.ts", import.meta.url), "utf8");
  expect(own).toBeLessThan(text.length);
});
