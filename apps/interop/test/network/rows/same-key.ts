import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

const CALLS = 50;

/**
 * Starts two servers with one key. The server that is dialed by address answers on each
 * connection.
 */
export async function sameKey(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aster-network-"));
  try {
    const key = ["--key-file", join(folder, "key")];
    await using network = await ShapedNetwork.open();
    await using one = await ServeProcess.start(network.far, ...key);
    await using other = await ServeProcess.start(network.far, ...key);
    const baselines = [await Baseline.of(one), await Baseline.of(other)];
    for (const server of [one, other]) {
      const args = ["--n", String(CALLS), "--send-delay-ms", "20", "--trace"];
      await using caller = new CallProcess(network.near, server.address, "echo", args);
      await caller.connected();
      const [asked, silent] = server === one ? [one, other] : [other, one];
      expect((await asked.stats()).connections).toBeGreaterThan(0);
      expect((await silent.stats()).connections).toBe(0);
      expect((await caller.ended()).summary).toMatchObject({ ok: CALLS });
    }
    for (const baseline of baselines) await baseline.expectHealthy();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
