// The registry commands, and servers and calls with a registry.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractIdOf } from "@aster/contract";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { Child } from "../../src/process/child.ts";
import { Testkit } from "../../src/services/testkit.ts";
import { printed } from "../support/printed.ts";
import { type Ready, serving, testkit } from "../support/testkit-process.ts";

interface RegisteredServer extends Ready {
  readonly registry: { readonly namespace: string; readonly author: string };
}

// each server is a process, which a busy machine starts slowly
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "aster-testkit-registry-"));
const children: Child[] = [];
const contractId = contractIdOf(Testkit);

afterEach(async () => {
  for (const child of children.splice(0)) await stop(child);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function stop(child: Child): Promise<void> {
  child.signal("SIGTERM");
  await child.exited;
}

async function served(...args: readonly string[]) {
  const { child, ready } = await serving("--registry", ...args);
  children.push(child);
  const { registry, ...server } = ready as RegisteredServer;
  const place = ["--namespace", registry.namespace, "--peer", server.address];
  return { child, server, registry, place };
}

it("finds a server by version, channel and contract", async () => {
  const { server, place } = await served("--channel", "stable");
  const selectors = [
    ["--version", "1"],
    ["--channel", "stable"],
    ["--contract", contractId],
  ];
  for (const selector of selectors) {
    const { code, lines } = await printed(
      ...["registry", "resolve", ...place, "--service", "Testkit"],
      ...selector,
    );
    expect(code).toBe(0);
    expect(lines).toEqual([
      {
        contractId,
        leases: [
          {
            endpointId: server.id,
            health: "ready",
            load: expect.any(Number),
            seq: 1,
            addresses: [`127.0.0.1:${server.port}`],
          },
        ],
        chosen: server.id,
      },
    ]);
  }
});

it("reports what the registry does not know", async () => {
  const { place } = await served();
  expect(await printed("registry", "resolve", ...place, "--service", "Other")).toMatchObject({
    code: 1,
    lines: [{ error: { code: 5, status: "NOT_FOUND", reason: "registry.missing" } }],
  });
});

it("prints the manifest and the entries", async () => {
  const { server, place } = await served();
  const manifest = await printed("registry", "manifest", ...place, "--contract", contractId);
  expect(manifest.lines).toMatchObject([{ service: "Testkit", contract_id: contractId }]);
  const { lines } = await printed("registry", "watch", ...place, "--for-ms", "500");
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: "lease", endpointId: server.id, service: "Testkit" }),
      expect.objectContaining({ event: "contract", contractId }),
      expect.objectContaining({ event: "pointer", key: "services/Testkit/versions/v1" }),
    ]),
  );
});

it("calls the producers of a registry, one after the other", async () => {
  const ticket = join(folder, "ticket");
  const first = await served("--registry-ticket", ticket);
  expect(statSync(ticket).mode & 0o777).toBe(0o600);
  const second = await served("--join", ticket);
  expect(second.registry.namespace).toBe(first.registry.namespace);
  const address = `${first.registry.namespace}@${second.server.address}`;
  const call = () => printed("call", "echo", "--registry", address, "--service", "Testkit");
  expect(await call()).toMatchObject({ code: 0 });
  await stop(first.child);
  expect(await call()).toMatchObject({ code: 0 });
});

describe("with a store", () => {
  it("keeps the namespace and the author, and takes writers while the server is stopped", async () => {
    const store = join(folder, "store");
    const first = await served("--registry-store", store);
    await stop(first.child);
    const other = "ab".repeat(32);
    const set = await printed("registry", "acl", "--store", store, "--writer", other);
    const { author } = first.registry;
    expect(set.lines).toEqual([{ owner: author, writers: [author, other] }]);
    const shown = await printed("registry", "acl", "--store", store, "--show");
    expect(shown.lines).toEqual(set.lines);
    const second = await served("--registry-store", store);
    expect(second.registry).toMatchObject({ namespace: first.registry.namespace, author });
    const resolve = ["registry", "resolve", ...second.place, "--service", "Testkit"];
    expect(await printed(...resolve)).toMatchObject({ code: 0 });
  });
});

it.each([
  [["registry"], "registry takes one of"],
  [["registry", "resolve", "--service", "S"], "--namespace is missing"],
  [["registry", "resolve", "--version", "1", "--tag", "t"], "exclude each other"],
  [["registry", "resolve", "--strategy", "x"], "unknown strategy"],
  [["registry", "acl", "--store", "d"], "needs --writer or --show"],
  [["serve", "--join", "f"], "needs --registry"],
  [["call", "echo"], "--address or --registry"],
  [["call", "echo", "--address", "a", "--registry", "r"], "exclude each other"],
])("refuses %j", async (args, problem) => {
  const { code, errors } = await printed(...args);
  expect(code).toBe(2);
  expect(errors).toContain(problem);
});

it("prints JSON only", async () => {
  const { place } = await served();
  const child = testkit("registry", "resolve", ...place, "--service", "Testkit");
  children.push(child);
  expect(await child.line((value): value is object => "chosen" in (value as object))).toBeDefined();
  expect(readFileSync(join(folder, "ticket"), "utf8")).toMatch(/^doc/);
});
