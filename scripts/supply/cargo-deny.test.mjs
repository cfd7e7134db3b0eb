// cargo-deny finds faults that are planted in the output of cargo metadata. Without a network it
// cannot be fetched: the tests are skipped then, and fail where CI is set.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../toolchain.mjs";
import { crateAdvisories } from "./advisories.mjs";
import { cargoDeny, NO_CARGO_DENY, runCargoDeny } from "./cargo-deny.mjs";

const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";
// the folder in which cargo-deny keeps RustSec's database: its name has a hash of the address
const DATABASE = "advisory-db-3157b0e258782691";

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aster-deny-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function crate(name, source, license, more = {}) {
  const target = { kind: ["lib"], crate_types: ["lib"], name, edition: "2021" };
  return {
    ...{ id: `${source ?? `path+file://${folder}`}#${name}@1.0.0`, name, version: "1.0.0" },
    ...{ source, license, dependencies: [], features: {}, edition: "2021" },
    targets: [{ ...target, src_path: join(folder, "src", "lib.rs"), doctest: false, test: false }],
    manifest_path: join(folder, "Cargo.toml"),
    ...more,
  };
}

/** Writes the metadata of a workspace with one dependency. Returns the options of cargo-deny. */
function workspaceWith({ source = CRATES_IO, license = "MIT" }, config = join(root, "deny.toml")) {
  const planted = crate("planted", source, license);
  const needs = { name: "planted", source, req: "^1", kind: null, optional: false };
  const dependency = { ...needs, uses_default_features: true, features: [], target: null };
  const member = crate("member", null, "MIT", { dependencies: [dependency] });
  const link = { name: "planted", pkg: planted.id, dep_kinds: [{ kind: null, target: null }] };
  const metadata = {
    packages: [member, planted],
    workspace_members: [member.id],
    resolve: {
      root: member.id,
      nodes: [
        { id: member.id, dependencies: [planted.id], deps: [link], features: [] },
        { id: planted.id, dependencies: [], deps: [], features: [] },
      ],
    },
    ...{ target_directory: folder, workspace_root: folder, version: 1, metadata: null },
  };
  writeFileSync(join(folder, "metadata.json"), JSON.stringify(metadata));
  const manifest = '[package]\nname = "member"\nversion = "1.0.0"\nlicense = "MIT"\n';
  writeFileSync(join(folder, "Cargo.toml"), `${manifest}[dependencies]\nplanted = "1"\n`);
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src", "lib.rs"), "");
  const args = ["--offline", "--config", config, "--metadata-path", join(folder, "metadata.json")];
  return { args, cwd: folder };
}

/** A database with one advisory against a crate, and deny.toml with its folder. */
function withAdvisory(name) {
  const database = join(folder, "databases", DATABASE);
  mkdirSync(join(database, "crates", name), { recursive: true });
  const head = `id = "RUSTSEC-2099-0001"\npackage = "${name}"\ndate = "2099-01-01"`;
  writeFileSync(
    join(database, "crates", name, "RUSTSEC-2099-0001.md"),
    `\`\`\`toml\n[advisory]\n${head}\n[versions]\npatched = []\n\`\`\`\n\n# Planted\n\nText.\n`,
  );
  const git = (...args) => execFileSync("git", ["-C", database, ...args], { stdio: "ignore" });
  git("init", "--initial-branch", "main");
  git("add", ".");
  git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-m", "Add an advisory");
  cpSync(join(database, ".git", "HEAD"), join(database, ".git", "FETCH_HEAD"));
  const rules = readFileSync(join(root, "deny.toml"), "utf8");
  const place = `[advisories]\ndb-path = ${JSON.stringify(join(folder, "databases"))}`;
  const config = join(folder, "deny.toml");
  writeFileSync(config, rules.replace("[advisories]", place));
  return config;
}

const command = cargoDeny();
const planted = test.skipIf(command === undefined && !process.env.CI);

const rulesOf = (dependency) =>
  runCargoDeny(command, ["bans", "licenses", "sources"], workspaceWith(dependency));

planted("a crate with an allowed license from crates.io passes", () => {
  expect(rulesOf({})).toMatchObject({ ok: true });
});

planted("a crate with another license is refused", () => {
  const { ok, report } = rulesOf({ license: "GPL-3.0-only" });
  expect(ok).toBe(false);
  expect(report).toContain("GPL-3.0-only");
});

planted("a crate from a git repository is refused", () => {
  const { ok, report } = rulesOf({ source: "git+https://example.org/planted#0123456789" });
  expect(ok).toBe(false);
  expect(report).toContain("source-not-allowed");
});

planted("a crate with an advisory is reported, and others are not", () => {
  const options = workspaceWith({}, withAdvisory("other"));
  expect(crateAdvisories(command, options)).toEqual({ breaches: [] });
  rmSync(join(folder, "databases"), { recursive: true });
  const { breaches } = crateAdvisories(command, workspaceWith({}, withAdvisory("planted")));
  expect(breaches).toHaveLength(1);
  expect(breaches[0]).toContain("RUSTSEC-2099-0001");
});

planted("without the database, the advisories are reported as not tested", () => {
  const options = workspaceWith({}, withAdvisory("planted"));
  rmSync(join(folder, "databases"), { recursive: true });
  expect(crateAdvisories(command, options)).toEqual({
    untested: "the advisory database of RustSec cannot be fetched",
  });
});

test("without cargo-deny, the advisories are reported as not tested", () => {
  expect(crateAdvisories(undefined)).toEqual({ untested: NO_CARGO_DENY });
});
