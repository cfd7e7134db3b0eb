import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contractIdOf, defineService, unary } from "@aster/contract";
import { AsterServer, implement, openGate } from "@aster/rpc";
import { endpointIdOf, formatAddress, generateSecretKey, parseAddress } from "@aster/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child } from "../src/process/child.ts";
import { Counter } from "../src/services/counter.ts";
import { Testkit } from "../src/services/testkit.ts";
import { EchoReply, EchoRequest } from "../src/services/testkit-messages.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

interface Ready {
  readonly ready: true;
  readonly id: string;
  readonly address: string;
  readonly addrB64: string;
  readonly port: number;
  readonly pid: number;
  readonly contracts: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly code: number;
  readonly status: string;
  readonly ms: number;
  readonly replies: readonly Record<string, unknown>[];
  readonly message?: string;
  readonly details?: Readonly<Record<string, string>>;
}

const modes = ["xlang", "xlang1", "native", "row", "json"];

const isReady = (value: unknown): value is Ready => "ready" in (value as object);

function testkit(...args: readonly string[]): Child {
  return new Child(process.execPath, ["--import", tsx, main, ...args]);
}

async function serving(...args: readonly string[]): Promise<{ child: Child; ready: Ready }> {
  const child = testkit("serve", "--open", "--bind", "127.0.0.1:0", ...args);
  return { child, ready: await child.line(isReady) };
}

describe("testkit", () => {
  let child: Child;
  let ready: Ready;

  beforeAll(async () => {
    ({ child, ready } = await serving());
  });

  afterAll(async () => {
    child?.signal("SIGKILL");
    await child?.[Symbol.asyncDispose]();
  });

  async function call(...args: readonly string[]) {
    await using caller = testkit("call", "--address", ready.address, ...args);
    const exit = await caller.exited;
    const lines = [...caller.lines];
    const { summary } = (lines.pop() ?? {}) as { summary?: Record<string, number> };
    return { exit, outcomes: lines as Outcome[], summary, errors: caller.errors };
  }

  it("serve says where it is", () => {
    const { directAddresses, endpointId } = parseAddress(ready.address);
    expect(ready).toMatchObject({ id: endpointId, pid: child.pid });
    expect(ready.contracts).toEqual({
      Testkit: contractIdOf(Testkit),
      Counter: contractIdOf(Counter),
    });
    expect(directAddresses).toContain(`127.0.0.1:${ready.port}`);
    expect(parseAddress(ready.addrB64)).toEqual(parseAddress(ready.address));
  });

  it.each(modes)("call echo in %s", async (mode) => {
    const request = { text: "ü", number: 7, blob: "AAEC", tags: ["a"], inner: { x: 0.5 } };
    const args = ["--metadata", "a=b=c", "--deadline-ms", "5000", "--mode", mode];
    const run = await call("echo", "--request", JSON.stringify(request), ...args);
    expect(run).toMatchObject({ exit: 0, summary: { ok: 1, failed: 0 } });
    expect(run.outcomes).toMatchObject([{ code: 0, status: "OK" }]);
    const [reply = {}] = run.outcomes[0]?.replies ?? [];
    expect(reply).toMatchObject({
      ...request,
      inner: { x: 0.5, y: 0, label: "" },
      metadata: { a: "b=c" },
    });
    expect(reply.remaining_ms).toBeGreaterThan(0);
  });

  it("call makes many calls at once", async () => {
    const run = await call("echo", "--n", "40", "--concurrency", "8");
    expect(run).toMatchObject({ exit: 0, summary: { ok: 40, failed: 0 } });
    expect(run.outcomes).toHaveLength(40);
    expect(run.summary?.p99Ms).toBeGreaterThanOrEqual(run.summary?.p50Ms ?? Infinity);
  });

  it.each(modes)("call streams in %s", async (mode) => {
    const [count, sum, chat] = await Promise.all([
      call("count", "--mode", mode, "--request", '{"start":2,"end":4,"size":2}'),
      call("sum", "--mode", mode, "--request", '[{"n":1},{"n":2},{"n":39}]'),
      call("chat", "--mode", mode, "--request", '[{"text":"a"},{"text":"b"}]'),
    ]);
    expect(count.outcomes[0]?.replies).toEqual([
      { n: 2, payload: "AAA=" },
      { n: 3, payload: "AAA=" },
    ]);
    expect(sum.outcomes[0]?.replies).toEqual([{ total: 42, items: 3 }]);
    expect(chat.outcomes[0]?.replies).toMatchObject([{ text: "a" }, { text: "b" }]);
  });

  it.each([...modes.map((mode) => ["--mode", mode]), []])("call rows %s %s", async (...mode) => {
    const run = await call("rows", "--request", '{"start":2,"end":4,"size":2}', ...mode);
    expect(run.outcomes).toMatchObject([{ code: 0 }]);
    expect(run.outcomes[0]?.replies).toEqual([
      { n: 2, payload: "AAA=" },
      { n: 3, payload: "AAA=" },
    ]);
  });

  it("call reads a stream as slowly as it is told to", async () => {
    const args = ["--request", '{"end":3}', "--read-delay-ms", "100"];
    const run = await call("count", ...args);
    expect(run.outcomes[0]?.replies).toHaveLength(3);
    expect(run.outcomes[0]?.ms).toBeGreaterThanOrEqual(300);
  });

  it("call sends as slowly as it is told to, from a file, and tells of replies as they come", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aster-testkit-"));
    try {
      const file = join(folder, "requests.json");
      writeFileSync(file, '[{"number":1},{"number":2},{"number":3}]');
      const run = await call("chat", "--request", `@${file}`, "--send-delay-ms", "100", "--trace");
      const [connected, first, second, third, outcome] = run.outcomes as unknown as readonly [
        ...{ readonly event: string; readonly index: number; readonly ms: number }[],
        Outcome,
      ];
      expect(connected).toMatchObject({ event: "connected" });
      expect([first, second, third]).toMatchObject(
        [0, 1, 2].map((index) => ({ event: "reply", index })),
      );
      expect((third as { ms: number }).ms).toBeGreaterThanOrEqual(195);
      expect(outcome).toMatchObject({ code: 0, replies: [{ number: 1 }, {}, { number: 3 }] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("call gives a dial up when it is told to, and a server that is silent", async () => {
    const nobody = formatAddress({
      ...parseAddress(ready.address),
      directAddresses: ["127.0.0.1:9"],
    });
    const args = ["--connect-ms", "500", "--idle-ms", "2000", "--expect", "14"];
    await using caller = testkit("call", "echo", "--address", nobody, ...args);
    expect(await caller.exited).toBe(0);
    const [outcome] = caller.lines as readonly Outcome[];
    expect(outcome).toMatchObject({ status: "UNAVAILABLE" });
    expect(outcome?.ms).toBeGreaterThanOrEqual(500);
    expect(outcome?.message).toMatch(/did not answer within \d+ ms/);
  });

  it("call tells a failure and what came before it", async () => {
    const request = '{"code":7,"message":"no","after":3}';
    const [unexpected, expected, stream] = await Promise.all([
      call("fail", "--request", request),
      call("fail", "--request", request, "--expect", "7"),
      call("failing_count", "--request", '{"end":2}', "--expect", "9"),
    ]);
    expect(unexpected).toMatchObject({ exit: 1, summary: { ok: 0, failed: 1 } });
    const failure = { code: 7, status: "PERMISSION_DENIED", message: "no", replies: [] };
    expect(expected).toMatchObject({
      exit: 0,
      outcomes: [{ ...failure, details: { after: "3" } }],
    });
    expect(stream).toMatchObject({ exit: 0, outcomes: [{ code: 9, message: "enough" }] });
    expect(stream.outcomes[0]?.replies.map((reply) => reply.n)).toEqual([0, 1]);
  });

  it("call keeps its deadline and can give up; serve hears of it", async () => {
    const request = '{"ms":60000}';
    const [late, cancelled] = await Promise.all([
      call("sleep", "--request", request, "--deadline-ms", "200", "--expect", "4"),
      call("sleep", "--request", request, "--cancel-ms", "200", "--expect", "1"),
    ]);
    expect(late).toMatchObject({ exit: 0, outcomes: [{ status: "DEADLINE_EXCEEDED" }] });
    expect(cancelled).toMatchObject({ exit: 0, outcomes: [{ status: "CANCELLED" }] });
    const event = (value: unknown): value is object => "event" in (value as object);
    const aborted = { event: "aborted", method: "sleep" };
    expect([await child.line(event), await child.line(event)]).toEqual([aborted, aborted]);
  });

  it("call sends what it does not know as given", async () => {
    const [method, service, field] = await Promise.all([
      call("nope", "--expect", "12"),
      call("echo", "--service", "Nope", "--expect", "5"),
      call("echo", "--request", '{"bogus":1}', "--mode", "json", "--expect", "101"),
    ]);
    expect([method.exit, service.exit, field.exit]).toEqual([0, 0, 0]);
    expect(method.outcomes[0]?.message).toContain("nope");
    expect(service.outcomes[0]?.message).toContain("Nope");
    expect(field.outcomes[0]?.message).toContain("bogus");
  });

  const closed = (value: unknown): value is { event: string; peer: string; total: number } =>
    (value as { event?: string }).event === "sessionClosed";

  it.each(modes.slice(0, 2).concat("json"))("call keeps one session in %s", async (mode) => {
    const methods = ["add", "add_all", "boom", "history", "total"];
    const requests = ['{"n":2}', '[{"n":3},{"n":4}]', '{"n":1}', "{}"];
    const args = requests.flatMap((request) => ["--request", request]);
    const counter = ["--service", "Counter", "--session", "--mode", mode, "--n", "2"];
    const run = await call(...methods, ...args, ...counter);
    expect(run).toMatchObject({ exit: 1, summary: { ok: 8, failed: 2 } });
    const totals = run.outcomes.map(({ replies }) => replies.map((reply) => reply.total));
    expect(totals).toEqual([
      [2],
      [9],
      [],
      [2, 5, 9],
      [9],
      [11],
      [18],
      [],
      [2, 5, 9, 11, 14, 18],
      [18],
    ]);
    expect(run.outcomes[2]).toMatchObject({ status: "ABORTED", message: "boom" });
    const peer = run.outcomes[0]?.replies[0]?.peer;
    expect(peer).toMatch(/^[0-9a-f]{64}$/);
    expect(await child.line(closed)).toEqual({ event: "sessionClosed", peer, total: 18 });
  });

  it("call opens a session for every call unless it is told to keep one", async () => {
    const run = await call("add", "--service", "Counter", "--request", '{"n":5}', "--n", "3");
    expect(run.outcomes.map(({ replies }) => replies[0]?.total)).toEqual([5, 5, 5]);
    for (let n = 0; n < 3; n += 1) expect(await child.line(closed)).toMatchObject({ total: 5 });
    child.send({ cmd: "stats" });
    const { stats } = await child.line((value): value is { stats: { sessions: number } } => {
      return "stats" in (value as object);
    });
    expect(stats.sessions).toBe(0);
  });

  it("call says when a service is not called as it is scoped", async () => {
    const [session, unknown] = await Promise.all([
      call("echo", "--session", "--expect", "9"),
      call("nope", "--service", "Counter", "--expect", "12"),
    ]);
    expect([session.exit, unknown.exit]).toEqual([0, 0]);
    expect(session.outcomes[0]?.message).toContain("'Testkit' is shared");
    expect(unknown.outcomes[0]?.message).toBe("Method not found: nope");
    expect(await child.line(closed)).toMatchObject({ total: 0 });
  });

  it("call compares contracts when it is told to", async () => {
    const methods = { echo: unary(EchoRequest, EchoReply) };
    const Smaller = defineService("Testkit", { version: 1 }, methods);
    const handlers = { echo: (request: object) => request as never };
    await using other = await AsterServer.start({
      services: [implement(Smaller, handlers)],
      gate: openGate(),
      network: "none",
      bindAddress: "127.0.0.1:0",
    });
    const there = ["--address", other.address];
    const [same, plain, checked, untyped, unknown] = await Promise.all([
      call("echo", "--check-contract"),
      call("echo", ...there),
      call("echo", ...there, "--check-contract", "--expect", "9"),
      call("nope", ...there, "--check-contract", "--expect", "9"),
      call("echo", "--service", "Nope", "--check-contract"),
    ]);
    expect([same.exit, plain.exit, checked.exit, untyped.exit]).toEqual([0, 0, 0, 0]);
    const [ours, theirs] = [contractIdOf(Testkit), contractIdOf(Smaller)];
    const details = { reason: "contract.mismatch", ours, theirs };
    for (const { outcomes } of [checked, untyped]) expect(outcomes).toMatchObject([{ details }]);
    expect(other.stats().callsTotal).toBe(1);
    expect(unknown).toMatchObject({ exit: 2, outcomes: [] });
    expect(unknown.errors).toContain("no contract of Nope");
  });

  it("call fails where nobody answers", async () => {
    await using caller = testkit("call", "echo", "--address", unreachable(ready.address));
    expect(await caller.exited).toBe(1);
    expect(caller.lines).toMatchObject([{ status: "UNAVAILABLE" }, { summary: { failed: 1 } }]);
  });

  it("serve counts what it holds", async () => {
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

  it("serve drains on command, and on SIGTERM after the call under way", async () => {
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

  it("serve keeps its identity in a file that only its owner reads", async () => {
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
      expect(readFileSync(file, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("serve keeps the limits it is told", async () => {
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

  it.each([
    ["nothing", [], 'no command ""'],
    ["an unknown command", ["toString"], 'no command "toString"'],
    ["serve with an unknown option", ["serve", "--root-pub", "f"], "supported: --bind"],
  ])("refuses %s", async (_, args, text) => {
    await using program = testkit(...args);
    expect(await program.exited).toBe(2);
    expect(program.lines).toEqual([]);
    expect(program.errors).toContain(text);
    expect(program.errors).toContain("usage:");
  });

  it("refuses a request that fits no message in xlang", async () => {
    const run = await call("echo", "--request", '{"bogus":1}');
    expect(run.exit).toBe(2);
    expect(run.errors).toContain("--mode json");
  });
});

/** The same port under another key, which nobody there has. */
function unreachable(address: string): string {
  const endpointId = endpointIdOf(generateSecretKey());
  return formatAddress({ ...parseAddress(address), endpointId });
}

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
