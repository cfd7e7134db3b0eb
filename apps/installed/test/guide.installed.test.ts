// The commands, files and programs of docs/guide/install.md work as they stand.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { run } from "./support/run.ts";

const app: string = join(import.meta.dirname, "..");
const guide = await readFile(join(app, "..", "..", "docs", "guide", "install.md"), "utf8");
const cwd = inject("pnpmProject");

/** Returns the code blocks in one language. */
function blocks(language: string): string[] {
  const fence = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs");
  return [...guide.matchAll(fence)].map(([, block = ""]) => block);
}

test("the files are those that the other tests use", async () => {
  for (const block of blocks("js")) {
    const [, name = ""] = /^\/\/ (.*)\n/.exec(block) ?? [];
    const folder = name.startsWith("app/") || name.startsWith("next.") ? "next" : "consumer";
    expect(block).toBe(await readFile(join(app, folder, name), "utf8"));
  }
});

test("the commands that run and bundle programs succeed", async () => {
  const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
  const commands = lines.filter((line) => /^(node|npx) /.test(line));
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) {
    const output = await run("sh", ["-c", command], { cwd });
    if (command.startsWith("node ")) expect(output).toBe("Hello, World!");
  }
});

test("the compiler options suit programs and contracts", async () => {
  const [options = ""] = blocks("json");
  await writeFile(join(cwd, "tsconfig.json"), options);
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  await run("node", [tsc, "--project", ".", "--noEmit"], { cwd });
});

test("the program about servers prints what its comments say", async () => {
  const program = blocks("ts").join("");
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const project = inject("npmProject");
  const output = await run("node", [...flags, "--eval", program], { cwd: project });
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said.length).toBeGreaterThan(2);
  expect(output.split("\n")).toEqual(said);
});
