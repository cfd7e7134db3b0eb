import { execFile } from "node:child_process";
import { globSync, mkdtempSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = dirname(createRequire(import.meta.url).resolve("@aster/native"));

/** Imports the native module with this variable, and prints the kind of an export. */
async function imported(path: string): Promise<string> {
  const program = 'import("@aster/native").then((m) => console.log(typeof m.NativeNode))';
  const env = { ...process.env, NODE_OPTIONS: "", ASTER_NATIVE_PATH: path };
  const cwd = import.meta.dirname;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { env, cwd });
  return stdout.trim();
}

test("ASTER_NATIVE_PATH names the native module", async () => {
  const [binary = ""] = globSync("*.node", { cwd: folder });
  const path = join(mkdtempSync(join(tmpdir(), "aster-native-")), "moved.node");
  symlinkSync(join(folder, binary), path);
  expect(await imported(path)).toBe("function");
  await expect(imported("/nowhere/aster.node")).rejects.toThrow("/nowhere/aster.node");
});
