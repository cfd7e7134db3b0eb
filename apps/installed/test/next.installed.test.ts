// A Next application calls the packed packages in a route handler.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { installWithPnpm } from "./support/project.ts";
import { run } from "./support/run.ts";

const TIMEOUT_MS = 300_000;
const next = join("node_modules", "next", "dist", "bin", "next");
const env = { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "aster-next-"));
  await installWithPnpm(cwd, "next", inject("released"));
}, TIMEOUT_MS);
afterAll(() => rm(cwd, { recursive: true }));

/** Starts the built application on a free port. Resolves with its URL. */
async function start(): Promise<{ child: ChildProcess; url: string }> {
  const args = [next, "start", "--hostname", "127.0.0.1", "--port", "0"];
  const child = spawn("node", args, { cwd, env: { ...process.env, ...env } });
  let output = "";
  for (;;) {
    const [chunk] = await once(child.stdout, "data");
    output += chunk;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
    if (url !== undefined && output.includes("Ready")) return { child, url };
  }
}

test(
  "a route handler in a bundle of Next makes a call",
  async () => {
    await run("node", [next, "build"], { cwd, env });
    const { child, url } = await start();
    try {
      expect(await (await fetch(`${url}/hello`)).text()).toBe("Hello, World!");
    } finally {
      child.kill();
      await once(child, "exit");
    }
  },
  TIMEOUT_MS,
);
