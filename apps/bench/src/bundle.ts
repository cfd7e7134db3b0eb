import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { build } from "esbuild";

const source = fileURLToPath(new URL(".", import.meta.url));
// inside this app, where the native module can be resolved
const output = fileURLToPath(new URL("../dist/", import.meta.url));

// Third-party packages and the native module are loaded from their installed files, like in an
// application.
const leaveInstalled: Plugin = {
  name: "leave-installed",
  setup(plan) {
    plan.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === "resolving" || options.kind === "entry-point") return;
      const found = await plan.resolve(path, { ...options, pluginData: "resolving" });
      if (found.external || found.errors.length > 0) return found;
      const installed = /[\\/]node_modules[\\/]/.test(found.path);
      return installed ? { path: pathToFileURL(found.path).href, external: true } : found;
    });
  },
};

export interface Bundle extends AsyncDisposable {
  readonly server: string;
  readonly client: string;
  readonly contractId: string;
}

async function bundle(entryPoints: Record<string, string>): Promise<string> {
  await mkdir(output, { recursive: true });
  const folder = await mkdtemp(join(output, "children-"));
  await build({
    entryPoints,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22",
    logLevel: "warning",
    plugins: [leaveInstalled],
  });
  return folder;
}

/**
 * Compiles the programs of the child processes, so that they do not compile TypeScript while
 * measured.
 */
export async function bundleChildren(): Promise<Bundle> {
  const folder = await bundle({
    server: join(source, "child/server.ts"),
    client: join(source, "child/client.ts"),
    contractId: join(source, "child/contract-id.ts"),
  });
  return {
    server: join(folder, "server.mjs"),
    client: join(folder, "client.mjs"),
    contractId: join(folder, "contractId.mjs"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface CodecBundle extends AsyncDisposable {
  readonly program: string;
}

/** Compiles the program that measures one codec. */
export async function bundleCodecChild(): Promise<CodecBundle> {
  const folder = await bundle({ codec: join(source, "codec/child.ts") });
  return {
    program: join(folder, "codec.mjs"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
