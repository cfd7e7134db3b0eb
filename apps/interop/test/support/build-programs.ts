import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles the programs that many tests start, because a program in one file of JavaScript starts in
 * a fifth of the time. Runs once before all tests.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "aster-programs-"));
  await build({
    entryPoints: {
      testkit: at("../../../testkit/src/main.ts"),
      "hoard-server": at("../attacks/programs/hoard-server.ts"),
      witness: at("../attacks/programs/witness.ts"),
      "reach-peer": at("../reach/programs/peer.ts"),
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2022",
    keepNames: true,
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  // a bundle needs this package beside it
  await mkdir(join(folder, "node_modules/@aster"), { recursive: true });
  await symlink(at("../../../../crates/native"), join(folder, "node_modules/@aster/native"));
  process.env.TEST_PROGRAMS = folder;
  return () => rm(folder, { recursive: true });
}
