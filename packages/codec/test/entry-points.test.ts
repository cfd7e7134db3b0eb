import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly publishConfig: {
    readonly exports: Readonly<
      Record<string, { readonly types: string; readonly default: string }>
    >;
  };
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const manifest = read("package.json") as Manifest;
const sources = Object.values(manifest.exports).map((path) => path.replace("./", ""));
const names = Object.keys(manifest.exports).map((key) => (key === "." ? "index" : key.slice(2)));

test("published entry points are those of the source", () => {
  const expected = Object.fromEntries(
    Object.keys(manifest.exports).map((key, i) => [
      key,
      { types: `./dist/${names[i]}.d.ts`, default: `./dist/${names[i]}.js` },
    ]),
  );
  expect(manifest.publishConfig.exports).toEqual(expected);
});

test("the build has the same entry points", async () => {
  const url = new URL("../tsup.config.ts", import.meta.url).href;
  const { default: config } = (await import(/* @vite-ignore */ url)) as {
    readonly default: { readonly entry: Readonly<Record<string, string>> };
  };
  expect(config.entry).toEqual(Object.fromEntries(names.map((name, i) => [name, sources[i]])));
});

test("the documentation has the same entry points", () => {
  expect(read("typedoc.json")).toEqual({ entryPoints: sources });
});
