import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../support/native-no-eval.ts", import.meta.url));

test("where code must not be generated, any values travel too", () => {
  const flags = ["--disallow-code-generation-from-strings", "--no-warnings"];
  const out = execFileSync(process.execPath, [...flags, program], { encoding: "utf8" });
  expect(JSON.parse(out)).toEqual(
    Array.from({ length: 100 }, (_, i) => ({ x: i, label: `point ${i}` })),
  );
});
