// Each guide shows the program of its chapter and what it prints.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const CHAPTER_MS = 120_000;

interface Chapter {
  readonly name: string;
  /** Files of the app that the guide contains as a whole. */
  readonly shows?: readonly string[];
}

const chapters: readonly Chapter[] = [
  { name: "1-first-service" },
  { name: "2-live-logs" },
  { name: "3-metrics" },
  { name: "4-agents", shows: ["src/services/agent-session.ts"] },
  { name: "5-credentials", shows: ["src/services/definitions.ts"] },
  { name: "6-python", shows: ["python/mission_control.py", "python/agent.py"] },
  { name: "7-agent-tools" },
];

const source = (file: string) => readFile(new URL(`../${file}`, import.meta.url), "utf8");
const guide = (name: string) =>
  readFile(new URL(`../../../docs/guide/mission-control/${name}.md`, import.meta.url), "utf8");

async function run(number: string, python = "python3") {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), main, "chapter", number],
    { env: { ...process.env, ASTER_PYTHON: python }, timeout: CHAPTER_MS },
  );
  return stdout;
}

test.each(chapters)("guide $name shows its program", async ({ name, shows = [] }) => {
  const text = await guide(name);
  for (const file of [`src/chapters/${name}.ts`, ...shows]) {
    expect(text).toContain(`\n${(await source(file)).trimEnd()}\n\`\`\`\n`);
  }
});

test.each(chapters)(
  "chapter $name prints what its guide says",
  async ({ name }) => {
    const [, printed] = /```text\n(.*?)```/s.exec(await guide(name)) ?? [];
    const environment = await pythonWithAster();
    if (name === "6-python" && "missing" in environment) return;
    const python = "path" in environment ? environment.path : undefined;
    expect(await run(name.slice(0, 1), python)).toBe(printed);
  },
  CHAPTER_MS,
);

test(
  "chapter 6 says that Python is missing",
  async () => {
    expect(await run("6", "no-such-python")).toBe(
      "Python with the package aster-rpc 0.1.2 was not found; install it with pip\n",
    );
  },
  CHAPTER_MS,
);

test.each(["0", "8", "constructor", ""])("there is no chapter %j", async (number) => {
  const failure = await run(number).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 2, stdout: "" });
});
