import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../support/no-eval.ts", import.meta.url));

test("closures work on a platform that forbids generated code", () => {
  const flags = ["--disallow-code-generation-from-strings", "--no-warnings"];
  const out = execFileSync(process.execPath, [...flags, program], { encoding: "utf8" });
  expect(JSON.parse(out)).toEqual({
    decoded: { x: 1.5, tags: ["a"] },
    hex: "02ff1d080135c4a8160803480c7ac86d33f21f000000000000f83f010c0461",
    forced:
      'option engine must be "auto" or "closures" on a platform that forbids generated code, got "generated"',
  });
});
