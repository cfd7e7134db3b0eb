import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { contractIdOf } from "@aster/contract";
import { parseAddress } from "@aster/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Child } from "../src/process/child.ts";
import { testkitCommand } from "../src/process/testkit-command.ts";
import { Counter } from "../src/services/counter.ts";
import { Testkit } from "../src/services/testkit.ts";
import { type Outcome, type Ready, serving, testkit } from "./support/testkit-process.ts";

describe("testkit serve", () => {
  let child: Child;
  let ready: Ready;

  beforeAll(async () => {
    ({ child, ready } = await serving());
  });

  afterAll(async () => {
    child?.signal("SIGKILL");
    await child?.[Symbol.asyncDispose]();
  });

  it("prints its address and contracts", () => {
    const { directAddresses, endpointId } = parseAddress(ready.address);
    expect(ready).toMatchObject({ id: endpointId, pid: child.pid });
    expect(ready.contracts).toEqual({
      Testkit: contractIdOf(Testkit),
      Counter: contractIdOf(Counter),
    });
    expect(directAddresses).toContain(`127.0.0.1:${ready.port}`);
    expect(parseAddress(ready.addrB64)).toEqual(parseAddress(ready.address));
  });

  it("answers the stats command", async () => {
    child.send({ cmd: "stats" });
    const stats = await child.line((value): value is { stats: Record<string, number> } => {
      return "stats" in (value as object);
    });
    const counts = ["connections", "streams", "sessions", "inflight", "queuedBytes"];
    const names = [...counts, "nativeHandles", "rssBytes"];
    expect(Object.keys(stats.stats).sort()).toEqual(names.sort());
    for (const name of names) expect(stats.stats[name]).toBeTypeOf("number");
    expect(stats.stats).toMatchObject({ inflight: 0, sessions: 0 });
    expect(stats.stats.rssBytes).toBeGreaterThan(10_000_000);
  });

  it("reports an admission by the open gate", async () => {
    await using caller = testkit("call", "echo", "--address", ready.address);
    expect(await caller.exited).toBe(0);
    const [outcome] = caller.lines as Outcome[];
    const isAdmission = (value: unknown): value is { peer: string } =>
      (value as { readonly event?: unknown }).event === "admission";
    const peer = outcome?.replies[0]?.peer;
    expect(await child.line(isAdmission)).toEqual({ event: "admission", peer, admitted: true });
  });

  it("goes on when the reader of its lines has left", async () => {
    const { process: own, lines, next } = piped("serve", "--bind", "127.0.0.1:0");
    try {
      const its = JSON.parse(await next()) as Ready;
      lines.close();
      own.stdout.destroy();
      for (let calls = 0; calls < 2; calls += 1) {
        await using caller = testkit("call", "echo", "--address", its.address);
        expect(await caller.exited).toBe(0);
      }
      expect(own.exitCode).toBeNull();
    } finally {
      own.kill("SIGTERM");
    }
    expect(await exitOf(own)).toBe(0);
  });

  it("drains on command, and on SIGTERM after the running call", async () => {
    const [first, second] = await Promise.all([serving(), serving()]);
    await using commanded = first.child;
    await using signalled = second.child;
    commanded.send({ cmd: "drain" });
    expect(await commanded.exited).toBe(0);
    const args = ["--address", second.ready.address, "--request", '{"ms":600}'];
    await using caller = testkit("call", "sleep", ...args);
    await inflight(signalled);
    signalled.signal("SIGTERM");
    expect(await signalled.exited).toBe(0);
    expect(await caller.exited).toBe(0);
  });

  it("keeps its identity in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aster-testkit-"));
    try {
      const file = join(folder, "key");
      const ids: string[] = [];
      for (let run = 0; run < 2; run += 1) {
        const { child: own, ready: its } = await serving("--key-file", file);
        ids.push(its.id);
        own.signal("SIGTERM");
        await own[Symbol.asyncDispose]();
      }
      expect(ids[0]).toBe(ids[1]);
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ node_id: ids[0] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("enforces the limits of the command line", async () => {
    const { child: own, ready: its } = await serving("--limit", "maxCallsPerConnection=2");
    await using _ = own;
    const many = ["--n", "4", "--concurrency", "4", "--request", '{"ms":500}'];
    await using caller = testkit("call", "sleep", "--address", its.address, ...many);
    expect(await caller.exited).toBe(1);
    const statuses = caller.lines.map((line) => (line as Outcome).status);
    expect(statuses.filter((status) => status === "RESOURCE_EXHAUSTED")).toHaveLength(2);
    expect(statuses.filter((status) => status === "OK")).toHaveLength(2);
    own.signal("SIGKILL");
  });
});

describe("the testkit", () => {
  it.each([
    ["a missing command", [], 'no command ""'],
    ["an unknown command", ["toString"], 'no command "toString"'],
    ["serve with an unknown option", ["serve", "--root", "f"], "supported: --bind"],
  ])("refuses %s", async (_, args, text) => {
    await using program = testkit(...args);
    expect(await program.exited).toBe(2);
    expect(program.lines).toEqual([]);
    expect(program.errors).toContain(text);
    expect(program.errors).toContain("usage:");
  });
});

describe("testkit call", () => {
  it("ends without a stack when the reader of its lines has left", async () => {
    const { child: server, ready } = await serving();
    await using _ = server;
    const many = ["--n", "5000", "--address", ready.address];
    const { process: own, lines, next } = piped("call", "echo", ...many);
    let errors = "";
    own.stderr.on("data", (chunk) => {
      errors += String(chunk);
    });
    expect(JSON.parse(await next())).toMatchObject({ status: "OK" });
    lines.close();
    own.stdout.destroy();
    expect(await exitOf(own)).toBe(141);
    expect(errors).toBe("");
    server.signal("SIGKILL");
  });
});

/** Starts the testkit with a reader of its lines that can leave. */
function piped(...args: readonly string[]) {
  const [node, ...program] = testkitCommand;
  const process = spawn(node, [...program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const lines = createInterface({ input: process.stdout });
  const next = async () => String((await once(lines, "line"))[0]);
  return { process, lines, next };
}

/** The exit code of a program that ends. */
async function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

/** Waits until a call is running. */
async function inflight(server: Child): Promise<void> {
  for (;;) {
    server.send({ cmd: "stats" });
    const { stats } = await server.line((value): value is { stats: { inflight: number } } => {
      return "stats" in (value as object);
    });
    if (stats.inflight > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
