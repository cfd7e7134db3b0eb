import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { root } from "../toolchain.mjs";
import { crateBreaches, licensesOf, releaseTargets } from "./crates.mjs";
import { chosenLicenses } from "./licenses.mjs";
import { npmLicenseBreaches } from "./npm-licenses.mjs";

const allow = ["Apache-2.0", "MIT", "ISC"];

test.each([
  ["MIT", ["MIT"]],
  ["MIT OR Apache-2.0", ["Apache-2.0"]],
  ["MIT/Apache-2.0", ["Apache-2.0"]],
  ["GPL-3.0-only OR MIT", ["MIT"]],
  ["Apache-2.0 AND ISC", ["Apache-2.0", "ISC"]],
  ["(GPL-3.0-only OR MIT) AND ISC", ["MIT", "ISC"]],
])("%s can be used", (expression, licenses) => {
  expect(chosenLicenses(expression, allow)).toEqual(licenses);
});

test.each(["GPL-3.0-only", "MIT AND GPL-3.0-only", "Apache-2.0 WITH LLVM-exception", "", "Custom"])(
  'the license "%s" is refused',
  (expression) => {
    expect(chosenLicenses(expression, allow)).toBeUndefined();
  },
);

test("a package without a license is refused", () => {
  expect(chosenLicenses(undefined, allow)).toBeUndefined();
});

test("reports npm packages with other licenses", () => {
  const packages = [
    { name: "good", versions: ["1.0.0"], license: "MIT" },
    { name: "planted", versions: ["1.0.0", "2.0.0"], license: "AGPL-3.0-only" },
    { name: "unknown", versions: ["1.0.0"], license: "Unknown" },
  ];
  const breaches = npmLicenseBreaches(packages, allow);
  expect(breaches).toHaveLength(2);
  expect(breaches[0]).toMatch(/^planted@1\.0\.0, 2\.0\.0 has the license AGPL-3\.0-only/);
  expect(breaches[1]).toMatch(/^unknown@1\.0\.0/);
});

const source = "registry+https://github.com/rust-lang/crates.io-index";
const rules = { allow, exceptions: new Map([["special", ["MPL-2.0"]]]) };

test("reports crates with other licenses, and allows an exception to one crate", () => {
  const crates = ["special", "planted"].map((name) => ({
    name,
    version: "1.0.0",
    license: "MPL-2.0",
    source,
  }));
  expect(licensesOf(crates[0], rules)).toEqual(["MPL-2.0"]);
  const breaches = crateBreaches(crates, rules);
  expect(breaches).toHaveLength(1);
  expect(breaches[0]).toMatch(/^planted 1\.0\.0 has the license MPL-2\.0/);
});

test("reports crates from elsewhere than crates.io", () => {
  const crate = { name: "planted", version: "1.0.0", license: "MIT" };
  const git = { ...crate, source: "git+https://example.org/planted#0123" };
  expect(crateBreaches([{ ...crate, source }, git], rules)).toEqual([
    "planted 1.0.0 comes from git+https://example.org/planted#0123; use a version from crates.io",
  ]);
});

test("deny.toml checks the platforms of the releases", () => {
  const { graph } = parse(readFileSync(join(root, "deny.toml"), "utf8"));
  expect(graph.targets).toEqual(releaseTargets());
});
