import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): {
  child: ChildProcess;
  ended: Promise<Ended>;
  line(pattern: RegExp): Promise<string>;
} {
  const child = spawn(process.execPath, ["--import", tsx, main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => (text.stdout += chunk));
  child.stderr?.on("data", (chunk) => (text.stderr += chunk));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...text }));
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(text.stdout)?.[1];
      if (found !== undefined) return found;
      const more = await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ended]);
      if (!Array.isArray(more))
        throw new Error(`ended without ${pattern}: ${JSON.stringify(more)}`);
    }
  };
  return { child, ended, line };
}

test("the demo prints the address, the contract id, the greeting and the time", async () => {
  const { code, stdout } = await start().ended;
  expect(stdout).toMatch(/address +aster1\w+/);
  expect(stdout).toMatch(/contract id +[0-9a-f]{64}/);
  expect(stdout).toContain("Hello, World!");
  expect(stdout).toMatch(/the call took \d+\.\d+ ms/);
  expect(code).toBe(0);
});

test("serve and call run in two processes, and SIGINT ends the server", async () => {
  const server = start("serve");
  const address = await server.line(/address +(\S+)/);
  const { code, stdout } = await start("call", address, "Ada").ended;
  expect(stdout).toContain("Hello, Ada!");
  expect(code).toBe(0);
  server.child.kill("SIGINT");
  expect((await server.ended).code).toBe(0);
});

test("an address that cannot be read is explained in one line", async () => {
  const { code, stderr } = await start("call", "nonsense").ended;
  expect(code).toBe(1);
  expect(stderr.trim()).toMatch(/^INVALID_ARGUMENT: cannot read this address: .*; give an aster1/);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("an unknown command prints the usage and exits with code 2", async () => {
  const { code, stderr } = await start("sing").ended;
  expect(stderr).toContain("usage: npm start");
  expect(code).toBe(2);
});
