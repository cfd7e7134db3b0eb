// Calls whose peer is killed, drains or is suspended.
import { setTimeout as sleep } from "node:timers/promises";
import { StatusCode } from "@aster/rpc";
import { Testkit } from "@aster-apps/testkit";
import { describe, expect, test, vi } from "vitest";
import { ControlClient, connected } from "./support/control-client.ts";
import { inForm } from "./support/form.ts";
import { ended } from "./support/outcome.ts";
import { program, type ServerEvent, TestkitServer } from "./support/testkit-server.ts";

const { idleMs, pauseMs, stopMs } = inForm({
  // the idle timeout of both sides, a pause that the connection survives, and one that it does not
  short: { idleMs: 5000, pauseMs: 2000, stopMs: 7000 },
  long: { idleMs: 30_000, pauseMs: 3000, stopMs: 60_000 },
});

const chatter = new URL("./programs/chatter.ts", import.meta.url).pathname;

const idle = ["--idle-ms", `${idleMs}`];
const node = { idleTimeoutMs: idleMs };

// a busy machine can miss the times
const options = { timeout: 240_000, retry: 2 };
describe.concurrent(`with an idle timeout of ${idleMs} ms`, options, () => {
  test("P1: a call ends with UNAVAILABLE when its server is killed in the middle of a stream", async () => {
    await using server = await TestkitServer.start(...idle);
    await using client = await connected(server.address, { node });
    let killedAt = 0;
    const stream = client.client(Testkit).count({ end: 100, delayMs: 5 }, { timeoutMs: 600_000 });
    const { items, code } = await ended(stream, async (received) => {
      if (received.length !== 50) return;
      await server.kill();
      killedAt = performance.now();
    });
    const lostAfter = performance.now() - killedAt;
    expect(code).toBe(StatusCode.UNAVAILABLE);
    expect(items.map(({ n }) => n)).toEqual(items.map((_, at) => at));
    expect(items.length).toBeGreaterThanOrEqual(50);
    expect(items.length).toBeLessThan(100);
    expect(lostAfter).toBeLessThan(idleMs + Math.min(5000, idleMs / 3) + 2000);
  });

  test("P2: a handler is aborted once when its client is killed in the middle of a bidi stream", async () => {
    await using server = await TestkitServer.start(...idle);
    await using control = await ControlClient.of(server);
    await using client = program(chatter, server.address);
    await client.line((value): value is object => "chatting" in (value as object));
    client.signal("SIGKILL");
    const killedAt = performance.now();
    const isAbort = ({ event }: ServerEvent) => event === "aborted";
    const aborted = await server.eventOf(isAbort, 2 * idleMs + 5000);
    expect(aborted).toEqual({ event: "aborted", method: "chat" });
    expect(performance.now() - killedAt).toBeLessThan(idleMs + 2000);
    await control.expectHealthy();
    expect(server.child.lines.filter((line) => isAbort(line as ServerEvent))).toEqual([]);
  });

  test("P3: a draining server finishes its calls and refuses new ones", async () => {
    await using server = await TestkitServer.start();
    let lostAt = 0;
    const onStateChange = () => {
      lostAt = performance.now();
    };
    await using client = await connected(server.address);
    await using other = await connected(server.address, { onStateChange });
    const testkit = client.client(Testkit);
    const running = ended(testkit.sleep({ ms: 1500 }));
    await vi.waitFor(async () => expect((await server.stats()).inflight).toBe(1), 5000);
    server.child.send({ cmd: "drain" });
    const draining = { code: StatusCode.UNAVAILABLE, details: { reason: "draining" } };
    await vi.waitFor(async () => expect(await ended(testkit.echo({}))).toMatchObject(draining));
    expect(await running).toMatchObject({ code: StatusCode.OK });
    const endedAt = performance.now();
    await vi.waitFor(() => expect(other.state).toBe("disconnected"), 5000);
    expect(lostAt - endedAt).toBeLessThan(1000);
    expect(await server.child.exited).toBe(0);
  });

  test("P4: calls wait for a server that is suspended for less than the idle timeout", async () => {
    await using server = await TestkitServer.start(...idle);
    await using control = await ControlClient.of(server);
    server.child.signal("SIGSTOP");
    setTimeout(() => server.child.signal("SIGCONT"), pauseMs);
    const calls = Array.from({ length: 20 }, (_, n) => ended(control.testkit.echo({ number: n })));
    for (const { code, tookMs } of await Promise.all(calls)) {
      expect(code).toBe(StatusCode.OK);
      expect(tookMs).toBeLessThan(pauseMs + 1000);
    }
    expect(control.client.state).toBe("connected");
    await control.expectHealthy();
  });

  test("P5: a client recovers from a server that is suspended for longer than the idle timeout", async () => {
    await using server = await TestkitServer.start(...idle);
    await using client = await connected(server.address, { node });
    const testkit = client.client(Testkit);
    await testkit.echo({});
    server.child.signal("SIGSTOP");
    const late = ended(testkit.sleep({ ms: 1 }, { timeoutMs: 1000 }));
    const { code, tookMs } = await late;
    expect(code).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(Math.abs(tookMs - 1000)).toBeLessThan(250);
    await sleep(stopMs - 1000);
    server.child.signal("SIGCONT");
    const resumed = performance.now();
    while ((await ended(testkit.echo({}, { timeoutMs: 1000 }))).code !== StatusCode.OK);
    expect(performance.now() - resumed).toBeLessThan(4000);
  });
});
