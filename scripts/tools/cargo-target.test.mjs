import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cargoTarget, keyOf } from "./cargo-target.mjs";

let cache;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "aster-cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

function used(name, hoursAgo) {
  mkdirSync(join(cache, name, "release"), { recursive: true });
  const then = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(join(cache, name), then, then);
}

test("another lock file or compiler has another folder", () => {
  const keys = [keyOf("a", "rustc 1"), keyOf("b", "rustc 1"), keyOf("a", "rustc 2")];
  expect(new Set(keys).size).toBe(3);
  expect(keyOf("a", "rustc 1")).toBe(keys[0]);
});

test("the folder of a key is kept with its contents", () => {
  used("target-one", 9);
  expect(cargoTarget(cache, "one")).toBe(join(cache, "target-one"));
  expect(existsSync(join(cache, "target-one", "release"))).toBe(true);
});

test("all folders but the last two are removed, and nothing else", () => {
  used("target", 100);
  used("target-old", 3);
  used("target-last", 2);
  used("other", 100);
  cargoTarget(cache, "now");
  expect(readdirSync(cache).sort()).toEqual(["other", "target-last", "target-now"]);
});

test("a folder that is used again counts as the last", () => {
  used("target-a", 5);
  used("target-b", 4);
  cargoTarget(cache, "a");
  cargoTarget(cache, "c");
  expect(readdirSync(cache).sort()).toEqual(["target-a", "target-c"]);
});
