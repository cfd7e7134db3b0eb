// A server that is killed and started again with the same key and port, while its clients stay
// open.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StatusCode } from "@aster/rpc";
import { loopbackNode } from "@aster/transport/testing";
import { Testkit } from "@aster-apps/testkit";
import { describe, expect, test, vi } from "vitest";
import { connected } from "./support/control-client.ts";
import { inForm } from "./support/form.ts";
import { ended } from "./support/outcome.ts";
import { TestkitServer } from "./support/testkit-server.ts";

const { goneMs, loops } = inForm({
  short: { goneMs: [0, 4000], loops: 2 },
  long: { goneMs: [0, 8000, 14_000, 21_000, 30_000], loops: 20 },
});

/** A server that can be started again as the same peer. */
class RestartableServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "aster-restart-"));
  readonly #keyFile = join(this.#folder, "key");
  server!: TestkitServer;

  async start(): Promise<void> {
    const bind = this.server === undefined ? [] : ["--bind", `127.0.0.1:${this.server.ready.port}`];
    this.server = await TestkitServer.start("--key-file", this.#keyFile, ...bind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

describe.concurrent("restarts", { timeout: 240_000 }, () => {
  test.each(goneMs)(
    "P6: idempotent calls succeed again after a server was gone for %i ms",
    async (ms) => {
      await using restartable = new RestartableServer();
      await restartable.start();
      await using client = await connected(restartable.server.address);
      const testkit = client.client(Testkit);
      async function* never() {
        yield { n: 1 };
        await new Promise(() => {});
      }
      const running = ended(testkit.sum(never()));
      const inflight = async () => (await restartable.server.stats()).inflight;
      await vi.waitFor(async () => expect(await inflight()).toBe(1), 30_000);
      await restartable.server.kill();
      let readyAt = 0;
      const started = sleep(ms).then(async () => {
        await restartable.start();
        readyAt = performance.now();
      });
      for (let ok = false; !ok || readyAt === 0; await sleep(50)) {
        ok = (await ended(testkit.sleep({ ms: 1 }, { timeoutMs: 1000 }))).code === StatusCode.OK;
      }
      expect(performance.now() - readyAt).toBeLessThan(30_000);
      await started;
      expect((await running).code).toBe(StatusCode.UNAVAILABLE);
      expect((await restartable.server.stats()).inflight).toBe(0);
      const events = restartable.server.child.lines.map(
        (line) => (line as { event: string }).event,
      );
      expect(events.filter((event) => event !== "admission")).toEqual([]);
    },
  );

  test(`P7: a client dials at most 20 times a minute during ${loops} restarts`, async () => {
    await using restartable = new RestartableServer();
    await restartable.start();
    await using node = await loopbackNode();
    const dials: number[] = [];
    const connect = node.connect.bind(node);
    node.connect = (address, alpn, options) => {
      if (options?.raw) dials.push(performance.now());
      return connect(address, alpn, options);
    };
    await using client = await connected(restartable.server.address, { node });
    const testkit = client.client(Testkit);
    const handles: number[] = [];
    for (let loop = 0; loop < loops; loop += 1) {
      await restartable.server.kill();
      await restartable.start();
      for (let ok = false; !ok; await sleep(20)) {
        ok = (await ended(testkit.echo({}, { timeoutMs: 500 }))).code === StatusCode.OK;
      }
      handles.push(node.stats().nativeHandles);
    }
    const perMinute = dials.map((at) => dials.filter((to) => to >= at && to < at + 60_000).length);
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(20);
    expect(Math.max(...handles) - Math.min(...handles)).toBeLessThanOrEqual(5);
  });
});
