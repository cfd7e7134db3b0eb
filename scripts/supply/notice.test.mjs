import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { linkedIn } from "./crates.mjs";
import { noticeBreaches, noticeOf } from "./notice.mjs";

const allow = ["Apache-2.0", "MIT", "Zlib", "ISC"];
const rules = { allow, exceptions: new Map() };
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aster-notice-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function crate(name, license, files = {}, more = {}) {
  mkdirSync(join(folder, name));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  return { name, version: "1.0.0", license, folder: join(folder, name), authors: [], ...more };
}

const mit = (holder) =>
  `Copyright (c) ${holder}\r\n\r\nPermission is hereby granted, free of charge, …\r\n`;

test("names every crate with its license and source, and has each text once", () => {
  const crates = [
    crate("one", "MIT", { "LICENSE-MIT": mit("One") }, { repository: "https://example.org/one" }),
    crate("two", "MIT", { LICENSE: mit("One") }),
    crate("three", "MIT OR Apache-2.0", { "LICENSE-MIT": mit("Three") }),
  ];
  const notice = noticeOf(crates, rules);
  expect(notice).toContain("one 1.0.0  MIT  https://example.org/one\ntwo 1.0.0  MIT\n");
  expect(notice).toContain("three 1.0.0  Apache-2.0\n");
  expect(notice.match(/Copyright \(c\) One/g)).toHaveLength(1);
  expect(notice).toContain("Used by: one 1.0.0, two 1.0.0\n");
  expect(notice).not.toContain("Copyright (c) Three");
  expect(notice).toContain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
  expect(notice).not.toContain("\r");
});

test("has NOTICE files, and all files of a crate whose parts have several licenses", () => {
  const notice = noticeOf(
    [
      crate("noted", "Apache-2.0", { NOTICE: "Made by Noted" }),
      crate("parts", "Apache-2.0 AND ISC", { LICENSE: "overview", "LICENSE-part": "of a part" }),
    ],
    rules,
  );
  expect(notice).toContain("Notice of noted\n\nUsed by: noted 1.0.0\n\nMade by Noted\n");
  expect(notice).toMatch(
    /parts: LICENSE\n[\s\S]*overview\n[\s\S]*parts: LICENSE-part\n[\s\S]*of a part/,
  );
});

test("writes the MIT license of a crate that has no file, and fails for others", () => {
  const notice = noticeOf([crate("bare", "MIT", {}, { authors: ["A. Author"] })], rules);
  expect(notice).toContain("Copyright (c) A. Author\n");
  expect(() => noticeOf([crate("planted", "Zlib")], rules)).toThrow(
    "planted 1.0.0 has no file with its license Zlib; use another crate",
  );
});

test("reports a committed notice that lacks a crate or has one more", () => {
  const crates = [crate("one", "MIT", { LICENSE: mit("One") }), crate("two", "Apache-2.0")];
  const committed = noticeOf(crates);
  expect(noticeBreaches(crates, committed)).toEqual([]);
  const added = crate("added", "MIT", { LICENSE: mit("Added") });
  expect(noticeBreaches([...crates, added], committed)).toEqual([
    expect.stringMatching(/out of date: it lacks "added 1\.0\.0 {2}MIT".*npm run notice/),
  ]);
  expect(noticeBreaches([crates[0]], committed)).toHaveLength(1);
});

test("reports a crate whose license is not allowed", () => {
  expect(noticeBreaches([crate("planted", "GPL-3.0-only")], "")).toEqual([
    "planted 1.0.0 has a license that is not allowed",
  ]);
});

test("takes linked crates only: no build dependencies, tests and macros", () => {
  const kinds = { linked: null, "build-only": "build", "test-only": "dev", macro: null };
  const deps = Object.entries(kinds).map(([pkg, kind]) => ({ pkg, dep_kinds: [{ kind }] }));
  const packages = ["member", "below", ...Object.keys(kinds)].map((id) => ({
    id,
    targets: [{ kind: [id === "macro" ? "proc-macro" : "lib"] }],
  }));
  const below = { pkg: "below", dep_kinds: [{ kind: null }] };
  const nodes = packages.map(({ id }) => ({
    id,
    deps: id === "member" ? deps : id === "linked" ? [below] : [],
  }));
  const metadata = { packages, resolve: { nodes }, workspace_members: ["member"] };
  expect([...linkedIn(metadata).keys()]).toEqual(["linked", "below"]);
});
