// Whole programs in processes of their own: their output, and that they end by themselves.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AsterServer, openGate } from "@aster/rpc";
import { expect, test } from "vitest";
import { probe } from "../support/probe.ts";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../..", import.meta.url));

async function output(program: string): Promise<string> {
  const flags = ["--unhandled-rejections=strict", "--disable-warning=ExperimentalWarning"];
  const args = [...flags, "--input-type=module-typescript", "--eval", program];
  const { stdout } = await run(process.execPath, args, { cwd, timeout: 15_000 });
  return stdout.trim();
}

const prologue = `
  import { AsterClient, AsterServer, createLocalClient, defineService, implement, openGate, unary, serverStream, clientStream, wireType } from "@aster/rpc";
  import { Server } from "@aster/rpc/server";
  import { z } from "zod";
  const N = wireType("programs/N", { n: z.int() });
  const Def = defineService("Def", {}, { nap: unary(N, N), tail: serverStream(N, N), sink: clientStream(N, N) });
  const service = implement(Def, {
    nap: ({ n }, { signal }) => new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, n, { n });
      signal.addEventListener("abort", () => { clearTimeout(timer); reject(new Error("told")); });
    }),
    async *tail({ n }) { for (;;) yield { n }; },
    async sink(items) { for await (const { n } of items) return { n }; throw new Error("none"); },
  });
`;

test("the program of the README runs", async () => {
  const readme = await readFile(`${cwd}/README.md`, "utf8");
  const program = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block).join("");
  expect(await output(program)).toBe("Hello, Ada!\nHello again, Ada!");
});

test("unread streams cause no unhandled rejection, unawaited calls do", async () => {
  const program = `${prologue}
    await using server = await AsterServer.start({ services: [service], network: "none", gate: openGate() });
    const client = await AsterClient.connect(server.address, { network: "none" });
    const def = client.client(Def);
    // streams that are never read, however they end
    def.tail({ n: 1 });
    def.tail({ n: "x" });
    def.tail({ n: 1 }, { timeoutMs: 20 });
    def.tail({ n: 1 }, { timeoutMs: -1 });
    def.tail({ n: 1 }, { signal: AbortSignal.abort() });
    await def.nap({ n: 50 });
    const cancelled = new AbortController();
    const caught = def.nap({ n: 5000 }, { signal: cancelled.signal }).catch((error) => error.code);
    setTimeout(() => cancelled.abort(), 10);
    console.log(await caught);
    await client.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log("still here");`;
  expect(await output(program)).toBe("1\nstill here");
});

test("an idle client that was not closed does not keep the program alive", async () => {
  await using server = await AsterServer.start({
    services: [probe()],
    network: "none",
    bindAddress: "127.0.0.1:0",
    gate: openGate(),
  });
  const program = `
    import { AsterClient } from "@aster/rpc";
    const client = await AsterClient.connect("${server.address}", { network: "none", keepAliveMs: 100 });
    console.log((await client.proxy("Probe").echo({ text: "done" })).text);`;
  expect(await output(program)).toBe("done");
});

test("a pending call keeps the program alive until its deadline, and no longer", async () => {
  const program = `${prologue}
    const never = implement(Def, { ...service.handlers, nap: () => new Promise(() => {}) });
    const client = createLocalClient(Def, new Server({ services: [never] }));
    const began = performance.now();
    const code = await client.nap({ n: 1 }, { timeoutMs: 200 }).catch((error) => error.code);
    console.log(code, performance.now() - began < 15_000);
    await createLocalClient(Def, new Server({ services: [service] })).nap({ n: 1 }, { timeoutMs: 60_000 });`;
  const began = performance.now();
  expect(await output(program)).toBe("4 true");
  expect(performance.now() - began).toBeLessThan(50_000);
}, 60_000);
