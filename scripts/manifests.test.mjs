// The manifests of the published packages.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./toolchain.mjs";

const folders = [
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`),
  "crates/native",
];
const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

test.each(folders)("%s names its repository, home page, issues and keywords", (folder) => {
  const { repository, homepage, bugs, keywords } = manifestOf(folder);
  const project = "https://github.com/aster-rpc/aster-ts";
  expect(repository).toEqual({ type: "git", url: `git+${project}.git`, directory: folder });
  expect(homepage).toBe(`${project}/tree/main/${folder}#readme`);
  expect(bugs).toBe(`${project}/issues`);
  expect(keywords).toContain("rpc");
  expect(existsSync(join(root, folder, "README.md"))).toBe(true);
});

test.each(folders)("%s has its types where tools without exports look for them", (folder) => {
  const { types, publishConfig } = manifestOf(folder);
  const published = folder === "crates/native" ? types : publishConfig.types;
  expect(published).toMatch(/index\.d\.ts$/);
});

test("the interceptors use the program's own @aster/rpc", () => {
  const { dependencies = {}, peerDependencies } = manifestOf("packages/interceptors");
  expect(peerDependencies).toHaveProperty("@aster/rpc");
  expect(dependencies).not.toHaveProperty("@aster/rpc");
});
