import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importCycles } from "./import-cycles.mjs";
import { layerBreaches } from "./layers.mjs";

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aster-layers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function cyclesOf(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return importCycles(folder).map((message) => message.replace(`${folder}: `, ""));
}

test("reports modules that import each other by value, across folders and re-exports", () => {
  const files = {
    "a.ts": 'import { b } from "./in/b.ts";\nexport const a = () => b;',
    "in/b.ts": 'export { c as b } from "../c.ts";',
    "c.ts": 'import { a, type A } from "./a.ts";\nexport const c = () => a;',
    "d.ts": 'import { a } from "./a.ts";\na();',
  };
  expect(cyclesOf(files)).toEqual(["import cycle in a.ts, c.ts, in/b.ts"]);
});

test("ignores imports of types", () => {
  const files = {
    "a.ts": 'import type { B } from "./b.ts";\nexport type { B };',
    "b.ts": 'import { type A } from "./a.ts";\nexport type { A } from "./a.ts";',
  };
  expect(cyclesOf(files)).toEqual([]);
});

test("the packages and apps keep to the layers and have no import cycles", () => {
  expect(layerBreaches()).toEqual([]);
});
