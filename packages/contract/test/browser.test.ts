import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { z } from "zod";
import { contractIdOf, defineService, unary } from "../src/index.ts";

const program = `
  import { z } from "zod";
  import { wireType } from "@aster/codec";
  import { contractIdOf, defineService, unary } from "./index.ts";
  const Empty = wireType("browser/Empty", { name: z.string() });
  globalThis.id = contractIdOf(defineService("Browser", {}, { ping: unary(Empty, Empty) }));
`;

test("a browser bundle computes the same ids without Node modules", async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL("../src", import.meta.url)) },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    logLevel: "silent",
  });
  const globals: Record<string, unknown> = { TextEncoder, TextDecoder, URL };
  runInNewContext(outputFiles[0]?.text ?? "", globals);
  const { wireType } = await import("@aster/codec");
  const Empty = wireType("browser/Empty", { name: z.string() });
  expect(globals.id).toBe(
    contractIdOf(defineService("Browser", {}, { ping: unary(Empty, Empty) })),
  );
});
