import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, platform } from "node:os";
import { dirname, join } from "node:path";

/** The machine and the versions on which the figures depend. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly platform: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);

function versionOf(name: string): string {
  let folder = dirname(require.resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (manifest.name === name) return manifest.version;
    } catch {
      // the manifest is in a parent folder
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${name} is not installed`);
    folder = parent;
  }
}

export const callPeers: readonly string[] = [
  "@grpc/grpc-js",
  "@bufbuild/protobuf",
  "@connectrpc/connect-node",
  "@trpc/server",
  "ws",
];
export const codecPeers: readonly string[] = [
  "protobufjs",
  "@bufbuild/protobuf",
  "msgpackr",
  "cbor-x",
  "avsc",
];

/** Describes this machine with the installed versions of `peers`. */
export function machine(peers: readonly string[]): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    platform: `${platform()} ${arch()}`,
    node: process.version,
    versions: Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
  };
}
