import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("./support/open-stores.ts", import.meta.url));

test("open stores and lists do not keep the process alive", async () => {
  const flags = ["--disable-warning=ExperimentalWarning"];
  const run = promisify(execFile)(process.execPath, [...flags, program], { timeout: 10_000 });
  expect((await run).stdout).toBe("end of the program\n");
});
