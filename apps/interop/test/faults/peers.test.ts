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

/** More than a busy machine needs for anything but the timeouts themselves. */
const busyMs = 30_000;
const options = { timeout: 240_000 };
describe.concurrent(`with an idle timeout of ${idleMs} ms`, options, () => {
  test("P1: a call ends with UNAVAILABLE when its server is killed in the middle of a stream", async () => {
    await using server = await TestkitServer.start(...idle);
    await using client = await connected(server.address, { node });
    let killedAt = 0;
    const count = { end: 1_000_000, delayMs: 5 };
    const stream = client.client(Testkit).count(count, { timeoutMs: 600_000 });
    const { items, code } = await ended(stream, async (received) => {
      if (received.length !== 50) return;
      await server.kill();
      killedAt = performance.now();
    });
    const lostAfter = performance.now() - killedAt;
    expect(code).toBe(StatusCode.UNAVAILABLE);
    expect(items.map(({ n }) => n)).toEqual(items.map((_, at) => at));
    expect(items.length).toBeGreaterThanOrEqual(50);
    expect(lostAfter).toBeLessThan(idleMs + busyMs);
  });

  test("P2: a handler is aborted once when its client is killed in the middle of a bidi stream", async () => {
    await using server = await TestkitServer.start(...idle);
    await using control = await ControlClient.of(server);
    await using client = program(chatter, server.address);
    await client.line((value): value is object => "chatting" in (value as object));
    client.signal("SIGKILL");
    const isAbort = ({ event }: ServerEvent) => event === "aborted";
    const aborted = await server.eventOf(isAbort, idleMs + busyMs);
    expect(aborted).toEqual({ event: "aborted", method: "chat" });
    await control.expectHealthy();
    expect(server.child.lines.filter((line) => isAbort(line as ServerEvent))).toEqual([]);
  });

  test("P3: a draining server finishes its calls and refuses new ones", async () => {
    await using server = await TestkitServer.start();
    await using client = await connected(server.address);
    await using other = await connected(server.address);
    const testkit = client.client(Testkit);
    let sendLast = (): void => {};
    const last = new Promise<void>((resolve) => {
      sendLast = resolve;
    });
    async function* requests() {
      yield { n: 1 };
      await last;
      yield { n: 2 };
    }
    const running = ended(testkit.sum(requests()));
    await vi.waitFor(async () => expect((await server.stats()).inflight).toBe(1), busyMs);
    server.child.send({ cmd: "drain" });
    const draining = { code: StatusCode.UNAVAILABLE, details: { reason: "draining" } };
    const refused = async () => expect(await ended(testkit.echo({}))).toMatchObject(draining);
    await vi.waitFor(refused, busyMs);
    expect(other.state).toBe("connected");
    sendLast();
    expect(await running).toMatchObject({ code: StatusCode.OK });
    await vi.waitFor(() => expect(other.state).toBe("disconnected"), busyMs);
    expect(await server.child.exited).toBe(0);
  });

  test("P4: calls wait for a server that is suspended for less than the idle timeout", async () => {
    await using server = await TestkitServer.start(...idle);
    await using control = await ControlClient.of(server);
    server.child.signal("SIGSTOP");
    let resumed = false;
    setTimeout(() => {
      resumed = true;
      server.child.signal("SIGCONT");
    }, pauseMs);
    const calls = Array.from({ length: 20 }, async (_, number) => {
      const { code } = await ended(control.testkit.echo({ number }));
      return { code, resumed };
    });
    for (const call of await Promise.all(calls)) {
      expect(call).toEqual({ code: StatusCode.OK, resumed: true });
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
    expect(tookMs).toBeGreaterThan(990);
    await sleep(stopMs - 1000);
    server.child.signal("SIGCONT");
    const resumed = performance.now();
    while ((await ended(testkit.echo({}, { timeoutMs: 1000 }))).code !== StatusCode.OK);
    expect(performance.now() - resumed).toBeLessThan(busyMs);
  });
});
