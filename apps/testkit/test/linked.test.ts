// The commands for blobs, documents and gossip.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import type { Child } from "../src/process/child.ts";
import { printed } from "./support/printed.ts";
import { testkit } from "./support/testkit-process.ts";

// each command that serves is a process, which a busy machine starts slowly
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "aster-testkit-linked-"));
const children: Child[] = [];
const TOPIC = "ab".repeat(32);

afterEach(async () => {
  for (const child of children.splice(0)) await stop(child);
});
afterAll(() => rmSync(folder, { recursive: true }));

type Line = Readonly<Record<string, string>>;

/** Starts a command that serves, and returns its first line. */
async function started(...args: readonly string[]) {
  const child = testkit(...args);
  children.push(child);
  const first = await child.line((value): value is Line => true, 60_000);
  return { child, first };
}

async function stop(child: Child): Promise<number | string> {
  child.signal("SIGTERM");
  return await child.exited;
}

it("serves a file as a blob until SIGTERM", async () => {
  const [file, out] = [join(folder, "file"), join(folder, "out")];
  writeFileSync(file, "some content");
  const { child, first } = await started("blob", "put", file, "--store", join(folder, "blobs"));
  const { hash, ticket = "", address } = first;
  expect(first).toEqual({ hash, ticket, address });
  expect(address).toMatch(/^aster1/);
  expect(await printed("blob", "get", ticket, "--out", out)).toMatchObject({
    code: 0,
    lines: [{ hash, bytes: 12 }],
  });
  expect(readFileSync(out, "utf8")).toBe("some content");
  expect(await stop(child)).toBe(0);
});

it("reads documents of a peer, and writes into those of a store", async () => {
  const store = ["--store", join(folder, "docs")];
  const { child, first } = await started("doc", "write", "a/1", "one", ...store);
  const { namespace = "", author } = first;
  expect(await stop(child)).toBe(0);
  const more = ["doc", "write", "b", "two", "--namespace", namespace, ...store];
  const { address = "", ...second } = (await started(...more)).first;
  expect(second).toEqual({ namespace, author });
  const read = ["doc", "read", "--namespace", namespace, "--peer", address];
  const entry = (key: string, value: string) => ({
    key,
    value: Buffer.from(value).toString("base64"),
    author,
    timestamp: expect.any(Number),
  });
  const all = await printed(...read);
  expect(all).toMatchObject({ code: 0, lines: [entry("a/1", "one"), entry("b", "two")] });
  // microseconds
  expect(all.lines[0].timestamp).toBeGreaterThan(1.5e15);
  expect(await printed(...read, "--prefix", "b")).toMatchObject({ lines: [entry("b", "two")] });
});

it("sends lines to the members of a topic", async () => {
  const one = await started("gossip", "join", TOPIC);
  const { address = "", id } = one.first;
  expect(one.first).toEqual({ ready: true, id, address });
  const two = await started("gossip", "join", TOPIC, "--peer", address);
  const event = (child: Child, kind: string) =>
    child.line((value): value is Line => (value as Line).event === kind, 60_000);
  expect(await event(one.child, "up")).toEqual({ event: "up", peer: two.first.id });
  expect(await event(two.child, "up")).toEqual({ event: "up", peer: id });
  two.child.write("grüße an alle\n");
  expect(await event(one.child, "message")).toEqual({
    event: "message",
    from: two.first.id,
    text: "grüße an alle",
  });
  one.child.endInput();
  expect(await stop(two.child)).toBe(0);
  expect(await event(one.child, "down")).toEqual({ event: "down", peer: two.first.id });
});

it("reports a document and a blob that are not there", async () => {
  const namespace = ["--namespace", "cd".repeat(32)];
  const write = ["doc", "write", "k", "v", "--store", join(folder, "other"), ...namespace];
  expect(await printed(...write)).toMatchObject({
    code: 1,
    lines: [{ error: { code: 5, status: "NOT_FOUND", reason: "transport.missing" } }],
  });
  const put = ["blob", "put", join(folder, "none"), "--store", join(folder, "other")];
  expect(await printed(...put)).toMatchObject({
    code: 1,
    lines: [{ error: { reason: "file.ENOENT" } }],
  });
});

it.each([
  [["blob"], "blob takes one of put get"],
  [["blob", "put"], "takes one FILE"],
  [["blob", "put", "f"], "--store is missing"],
  [["blob", "get", "t"], "--out is missing"],
  [["doc", "write", "k"], "takes KEY and VALUE"],
  [["doc", "read"], "--namespace is missing"],
  [["gossip", "join"], "takes one TOPIC"],
])("refuses %j", async (args, problem) => {
  const { code, errors } = await printed(...args);
  expect(code).toBe(2);
  expect(errors).toContain(problem);
});
