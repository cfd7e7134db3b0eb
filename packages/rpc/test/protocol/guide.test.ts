// The tables of docs/guide/errors.md.
import { readdirSync, readFileSync } from "node:fs";
import { RpcReason, StatusCode } from "@aster/rpc";
import { expect, test } from "vitest";

const guide = readFileSync(new URL("../../../../docs/guide/errors.md", import.meta.url), "utf8");
const status = readFileSync(new URL("../../src/status.ts", import.meta.url), "utf8");

/** The cells of all table rows below a heading. */
function rowsOf(heading: string): string[][] {
  const [, section = ""] = guide.split(`\n## ${heading}\n`);
  const [table = ""] = section.split("\n## ");
  const rows = table.split("\n").filter((line) => line.startsWith("| "));
  return rows
    .slice(2)
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
}

test("lists exactly the reasons of RpcReason, in order", () => {
  const listed = rowsOf("Reasons").map(([reason = ""]) => reason.replaceAll("`", ""));
  expect(listed).toEqual(Object.values(RpcReason));
});

test("every literal reason in the sources is one of RpcReason", () => {
  const sources = new URL("../../src/", import.meta.url);
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  const used = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(file, sources), "utf8"))
    .flatMap((text) => [...text.matchAll(/\breason(?::| ===| !==) "([^"]*)"/g)]);
  const known = new Set<string>(Object.values(RpcReason));
  for (const [, reason = ""] of used) expect(known).toContain(reason);
});

test("gives every reason codes, a cause and a remedy", () => {
  const codes = new Set<number>(Object.values(StatusCode));
  for (const [, code = "", cause, remedy] of rowsOf("Reasons")) {
    for (const one of code.split(", ")) expect(codes).toContain(Number(one));
    expect(cause).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  }
});

test("explains exactly the status codes, with the sentences of their declaration", () => {
  const declared = [...status.matchAll(/\/\*\* (.*) \*\/\n {2}([A-Z_]+): (\d+),/g)];
  expect(rowsOf("Status codes")).toEqual(
    declared.map(([, sentence = "", name = "", code = ""]) => [code, name, sentence]),
  );
  expect(declared.map(([, , name]) => name)).toEqual(Object.keys(StatusCode));
});
