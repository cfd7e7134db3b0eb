import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../support/native-no-eval.ts", import.meta.url));

test("any value round-trips on a platform that forbids generated code", () => {
  const flags = ["--disallow-code-generation-from-strings", "--no-warnings"];
  const out = execFileSync(process.execPath, [...flags, program], { encoding: "utf8" });
  expect(JSON.parse(out)).toEqual(
    Array.from({ length: 100 }, (_, i) => ({ x: i, label: `point ${i}` })),
  );
});
