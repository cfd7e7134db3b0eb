import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractIdOf, defineService, unary } from "@aster/contract";
import { AsterServer, implement, openGate } from "@aster/rpc";
import { endpointIdOf, formatAddress, generateSecretKey, parseAddress } from "@aster/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Child } from "../src/process/child.ts";
import { Testkit } from "../src/services/testkit.ts";
import { EchoReply, EchoRequest } from "../src/services/testkit-messages.ts";
import { type Outcome, type Ready, serving, testkit } from "./support/testkit-process.ts";

const modes = ["xlang", "xlang1", "native", "row", "json"];

describe("testkit call", () => {
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

  it.each(modes)("calls echo in %s", async (mode) => {
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

  it("makes many calls at once", async () => {
    const run = await call("echo", "--n", "40", "--concurrency", "8");
    expect(run).toMatchObject({ exit: 0, summary: { ok: 40, failed: 0 } });
    expect(run.outcomes).toHaveLength(40);
    expect(run.summary?.p99Ms).toBeGreaterThanOrEqual(run.summary?.p50Ms ?? Infinity);
  });

  it.each(modes)("calls methods with streams in %s", async (mode) => {
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

  it.each([...modes.map((mode) => ["--mode", mode]), []])(
    "calls the ROW method with %s %s",
    async (...mode) => {
      const run = await call("rows", "--request", '{"start":2,"end":4,"size":2}', ...mode);
      expect(run.outcomes).toMatchObject([{ code: 0 }]);
      expect(run.outcomes[0]?.replies).toEqual([
        { n: 2, payload: "AAA=" },
        { n: 3, payload: "AAA=" },
      ]);
    },
  );

  it("pauses after each reply", async () => {
    const args = ["--request", '{"end":3}', "--read-delay-ms", "100"];
    const run = await call("count", ...args);
    expect(run.outcomes[0]?.replies).toHaveLength(3);
    expect(run.outcomes[0]?.ms).toBeGreaterThanOrEqual(300);
  });

  it("reads requests from a file, pauses between them, and reports replies on arrival", async () => {
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

  it("ends a dial that is not answered after the connect timeout", async () => {
    const unused = formatAddress({
      ...parseAddress(ready.address),
      directAddresses: ["127.0.0.1:9"],
    });
    const args = ["--connect-ms", "500", "--idle-ms", "2000", "--expect", "14"];
    await using caller = testkit("call", "echo", "--address", unused, ...args);
    expect(await caller.exited).toBe(0);
    const [outcome] = caller.lines as readonly Outcome[];
    expect(outcome).toMatchObject({ status: "UNAVAILABLE" });
    expect(outcome?.ms).toBeGreaterThanOrEqual(500);
    expect(outcome?.message).toMatch(/did not answer within \d+ ms/);
  });

  it("reports a failure and the replies before it", async () => {
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

  it("ends calls at a deadline or by cancellation, which serve reports", async () => {
    const request = '{"ms":60000}';
    const [late, cancelled] = await Promise.all([
      call("sleep", "--request", request, "--deadline-ms", "200", "--expect", "4"),
      call("sleep", "--request", request, "--cancel-ms", "200", "--expect", "1"),
    ]);
    expect(late).toMatchObject({ exit: 0, outcomes: [{ status: "DEADLINE_EXCEEDED" }] });
    expect(cancelled).toMatchObject({ exit: 0, outcomes: [{ status: "CANCELLED" }] });
    const isAbort = (value: unknown): value is object =>
      (value as { readonly event?: unknown }).event === "aborted";
    const aborted = { event: "aborted", method: "sleep" };
    expect([await child.line(isAbort), await child.line(isAbort)]).toEqual([aborted, aborted]);
  });

  it("sends unknown methods, services and fields unchanged", async () => {
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

  it.each(modes.slice(0, 2).concat("json"))(
    "makes all calls in one session in %s",
    async (mode) => {
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
    },
  );

  it("opens a session for every call by default", async () => {
    const run = await call("add", "--service", "Counter", "--request", '{"n":5}', "--n", "3");
    expect(run.outcomes.map(({ replies }) => replies[0]?.total)).toEqual([5, 5, 5]);
    for (let n = 0; n < 3; n += 1) expect(await child.line(closed)).toMatchObject({ total: 5 });
    child.send({ cmd: "stats" });
    const { stats } = await child.line((value): value is { stats: { sessions: number } } => {
      return "stats" in (value as object);
    });
    expect(stats.sessions).toBe(0);
  });

  it("reports a session with a shared service and a shared call of a session service", async () => {
    const [session, unknown] = await Promise.all([
      call("echo", "--session", "--expect", "9"),
      call("nope", "--service", "Counter", "--expect", "12"),
    ]);
    expect([session.exit, unknown.exit]).toEqual([0, 0]);
    expect(session.outcomes[0]?.message).toContain("'Testkit' is shared");
    expect(unknown.outcomes[0]?.message).toBe("Method not found: nope");
    expect(await child.line(closed)).toMatchObject({ total: 0 });
  });

  it("compares contracts with --check-contract", async () => {
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

  it("fails with UNAVAILABLE if no peer answers", async () => {
    await using caller = testkit("call", "echo", "--address", unreachable(ready.address));
    expect(await caller.exited).toBe(1);
    expect(caller.lines).toMatchObject([{ status: "UNAVAILABLE" }, { summary: { failed: 1 } }]);
  });

  it("refuses a request that does not fit its type in xlang", async () => {
    const run = await call("echo", "--request", '{"bogus":1}');
    expect(run.exit).toBe(2);
    expect(run.errors).toContain("--mode json");
  });
});

/** Returns the address of the same port with a key that no peer has. */
function unreachable(address: string): string {
  const endpointId = endpointIdOf(generateSecretKey());
  return formatAddress({ ...parseAddress(address), endpointId });
}
