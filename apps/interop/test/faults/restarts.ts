// A server that is killed and started again, under the same key and on the same port, while its clients keep their handles.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StatusCode } from "@aster/rpc";
import { loopbackNode } from "@aster/transport/testing";
import { describe, expect, test, vi } from "vitest";
import { Testkit } from "../../src/service.ts";
import { ended } from "../support/outcome.ts";
import { TestkitServer } from "../support/testkit-server.ts";
import { connected } from "../support/witness.ts";

/** A server that can be started anew as the same peer. */
class Phoenix implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "aster-phoenix-"));
  readonly #keyFile = join(this.#folder, "key");
  server!: TestkitServer;

  async rise(): Promise<void> {
    const bind = this.server === undefined ? [] : ["--bind", `127.0.0.1:${this.server.ready.port}`];
    this.server = await TestkitServer.start("--key-file", this.#keyFile, ...bind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

export interface RestartFaults {
  /** How long the server is gone. */
  readonly goneMs: readonly number[];
  readonly loops: number;
}

/** The tests of this family, so long and so often. */
export function restartFaults({ goneMs, loops }: RestartFaults): void {
  // the times are those of a machine that has time
  describe.concurrent("restarts", { timeout: 240_000, retry: 2 }, () => {
    test.each(goneMs)("P6: a server that is gone for %i ms", async (ms) => {
      await using phoenix = new Phoenix();
      await phoenix.rise();
      await using client = await connected(phoenix.server.address);
      const testkit = client.client(Testkit);
      async function* never() {
        yield { n: 1 };
        await new Promise(() => {});
      }
      const running = ended(testkit.sum(never()));
      await vi.waitFor(async () => expect((await phoenix.server.stats()).inflight).toBe(1));
      await phoenix.server.kill();
      let readyAt = 0;
      const risen = sleep(ms).then(async () => {
        await phoenix.rise();
        readyAt = performance.now();
      });
      for (let ok = false; !ok || readyAt === 0; await sleep(50)) {
        ok = (await ended(testkit.sleep({ ms: 1 }, { timeoutMs: 1000 }))).code === StatusCode.OK;
      }
      expect(performance.now() - readyAt).toBeLessThan(5000);
      await risen;
      expect((await running).code).toBe(StatusCode.UNAVAILABLE);
      expect((await phoenix.server.stats()).inflight).toBe(0);
      expect(phoenix.server.child.lines).toEqual([]);
    });

    test(`P7: ${loops} restarts`, async () => {
      await using phoenix = new Phoenix();
      await phoenix.rise();
      await using node = await loopbackNode();
      const dials: number[] = [];
      const connect = node.connect.bind(node);
      node.connect = (address, alpn, options) => {
        if (options?.raw) dials.push(performance.now());
        return connect(address, alpn, options);
      };
      await using client = await connected(phoenix.server.address, { node });
      const testkit = client.client(Testkit);
      const handles: number[] = [];
      for (let loop = 0; loop < loops; loop += 1) {
        await phoenix.server.kill();
        await phoenix.rise();
        for (let ok = false; !ok; await sleep(20)) {
          ok = (await ended(testkit.echo({}, { timeoutMs: 500 }))).code === StatusCode.OK;
        }
        handles.push(node.stats().nativeHandles);
      }
      const perMinute = dials.map(
        (at) => dials.filter((to) => to >= at && to < at + 60_000).length,
      );
      expect(Math.max(...perMinute)).toBeLessThanOrEqual(20);
      expect(Math.max(...handles) - Math.min(...handles)).toBeLessThanOrEqual(5);
    });
  });
}
