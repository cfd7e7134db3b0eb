import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../", import.meta.url));
const recorded = fileURLToPath(new URL("bundle-sizes.json", import.meta.url));
const tolerance = 0.05;

interface Size {
  readonly bytes: number;
  readonly gzip: number;
}

interface Bundle extends Size {
  readonly files: readonly string[];
  readonly code: string;
}

/**
 * Bundles a program for browsers, without zod, which applications have anyway. An import of one of
 * Node's modules fails.
 */
async function bundle(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    external: ["zod", "zod/*"],
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  // files without any used code are listed with zero bytes
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? file.replace(/^.*\bsrc\//, "") : [],
  );
  const gzip = gzipSync(code, { level: 9 }).length;
  return { bytes: code.length, gzip, files, code: new TextDecoder().decode(code) };
}

const programs = {
  all: `
    export * from "./src/index.ts";
    export * from "./src/native/index.ts";
    export * from "./src/row/index.ts";
    export * from "./src/json/json-schema.ts";
  `,
  "createCodec and wireType": 'export { createCodec, wireType } from "./src/index.ts";',
  rowCodec: `
    export { wireType } from "./src/index.ts";
    export { rowCodec } from "./src/row/index.ts";
  `,
  nativeCodec: 'export { nativeCodec } from "./src/native/index.ts";',
};
const inBrowser = `
  import { z } from "zod";
  import { compressPayload, createCodec, wireType } from "./src/index.ts";
  import { rowCodec } from "./src/row/index.ts";
  const Order = wireType("browser/Order", { customer: z.string() });
  const codecs = ["xlang", "native", "json"].map((mode) => createCodec({ mode, profile: "B" }).type(Order));
  const read = [...codecs, rowCodec(Order)].map((codec) => codec.decode(codec.encode({ customer: "Ada" })).customer);
  try {
    compressPayload(new Uint8Array(8));
  } catch (reason) {
    globalThis.results = read.join(" ") + "; " + reason.code;
  }
`;
const bundles = Object.fromEntries(
  await Promise.all(
    Object.entries(programs).map(async ([name, program]) => [name, await bundle(program)] as const),
  ),
) as Readonly<Record<keyof typeof programs, Bundle>>;
const filesOf = (name: keyof typeof programs): string => bundles[name].files.join("\n");

test("bundles have the recorded sizes", () => {
  const sizes = Object.fromEntries(
    Object.entries(bundles).map(([name, { bytes, gzip }]): [string, Size] => [
      name,
      { bytes, gzip },
    ]),
  );
  if (process.env.ASTER_UPDATE_SIZES) {
    writeFileSync(recorded, `${JSON.stringify(sizes, null, 2)}\n`);
  }
  const before = JSON.parse(readFileSync(recorded, "utf8")) as Readonly<Record<string, Size>>;
  const changed = Object.entries(sizes).flatMap(([name, size]) => {
    const known = before[name];
    const close = (key: keyof Size) =>
      known !== undefined && Math.abs(size[key] - known[key]) <= tolerance * known[key];
    if (close("bytes") && close("gzip")) return [];
    return [`${name}: ${JSON.stringify(size)}, on record are ${JSON.stringify(known)}`];
  });
  expect(
    changed,
    "bundles became larger or smaller by more than 5 %: if that is meant, run this test with ASTER_UPDATE_SIZES=1 and commit test/bundle-sizes.json",
  ).toEqual([]);
});

test("bundles do not need Node", () => {
  for (const { code } of Object.values(bundles)) {
    expect(code).not.toMatch(/\b(?:import|require)\b[^;]{0,200}["']node:/);
    expect(code).not.toMatch(/\bBuffer\./);
  }
});

test("a bundle with zod runs without Node's globals", async () => {
  const { outputFiles } = await build({
    stdin: { contents: inBrowser, resolveDir: folder, loader: "ts" },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
  });
  // the encoder must make bytes of this realm's class
  const globals: Record<string, unknown> = { TextEncoder, TextDecoder, Uint8Array };
  runInNewContext(outputFiles[0]?.text ?? "", globals);
  expect(globals.results).toBe("Ada Ada Ada Ada; type");
});

test("bundles contain only what they import", () => {
  expect(filesOf("createCodec and wireType")).toMatch(/^xlang\/xlang-codec\.ts$/m);
  expect(filesOf("createCodec and wireType")).not.toMatch(/^(?:row|adapters)\/|compress|zstd/m);
  expect(filesOf("rowCodec")).not.toMatch(
    /^(?:native|json|adapters|codegen)\/|xlang-codec|generate/m,
  );
  expect(filesOf("nativeCodec")).not.toMatch(/^(?:row|json|adapters)\//m);
  expect(filesOf("all")).not.toMatch(/^adapters\/|arrow/m);
});
