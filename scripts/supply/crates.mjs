// The crates that are linked into the native module, on all platforms for which it is released.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../toolchain.mjs";
import { chosenLicenses, licenseRules } from "./licenses.mjs";

const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";

/** Returns the platforms of the releases, as Rust names them. */
export function releaseTargets() {
  const file = join(root, "crates", "native", "package.json");
  return JSON.parse(readFileSync(file, "utf8")).napi.targets;
}

function metadata(target) {
  const args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", target];
  const { status, stdout, stderr } = spawnSync("cargo", args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`cargo metadata failed: ${stderr?.trim()}`);
  return JSON.parse(stdout);
}

const isMacro = ({ targets }) => targets.some(({ kind }) => kind.includes("proc-macro"));

/** Returns the crates in an output of cargo metadata that are part of the workspace's binary. */
export function linkedIn({ packages, resolve, workspace_members: members }) {
  const crates = new Map(packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const linked = new Map();
  const visit = (id) => {
    const crate = crates.get(id);
    if (linked.has(id) || isMacro(crate)) return;
    linked.set(id, crate);
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      if (kinds.some(({ kind }) => kind === null)) visit(pkg);
    }
  };
  members.forEach(visit);
  for (const id of members) linked.delete(id);
  return linked;
}

/** Returns the linked crates of all platforms, by name. Throws when cargo cannot get them. */
export function linkedCrates() {
  const all = new Map(releaseTargets().flatMap((target) => [...linkedIn(metadata(target))]));
  return [...all.values()]
    .map((crate) => ({ ...crate, folder: dirname(crate.manifest_path) }))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** Returns the licenses under which a crate is used, or `undefined` when they are not allowed. */
export const licensesOf = ({ name, license }, { allow, exceptions }) =>
  chosenLicenses(license, [...allow, ...(exceptions.get(name) ?? [])]);

/** Returns the breaches of the rules for licenses and sources in a list of crates. */
export function crateBreaches(crates, rules = licenseRules()) {
  const breaches = [];
  for (const crate of crates) {
    const { name, version, license, source } = crate;
    if (licensesOf(crate, rules) === undefined) {
      breaches.push(
        `${name} ${version} has the license ${license}, which deny.toml does not allow; use another ` +
          "crate, or add the license there after you have read it",
      );
    }
    if (source !== CRATES_IO) {
      breaches.push(`${name} ${version} comes from ${source}; use a version from crates.io`);
    }
  }
  return breaches;
}
