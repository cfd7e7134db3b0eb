import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Caller, Served } from "../support/testkit.ts";

const CALLS = 50;

/** Two servers with one key: whoever is dialled by address is the one that answers, and each connection stays one. */
export async function sameKey(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aster-network-"));
  try {
    const key = ["--key-file", join(folder, "key")];
    await using network = await ShapedNetwork.open();
    await using one = await Served.start(network.far, ...key);
    await using other = await Served.start(network.far, ...key);
    const patients = [await Patient.examine(one), await Patient.examine(other)];
    for (const server of [one, other]) {
      const args = ["--n", String(CALLS), "--send-delay-ms", "20", "--trace"];
      await using caller = new Caller(network.near, server.address, "echo", args);
      await caller.connected();
      const [asked, silent] = server === one ? [one, other] : [other, one];
      expect((await asked.stats()).connections).toBeGreaterThan(0);
      expect((await silent.stats()).connections).toBe(0);
      expect((await caller.ended()).summary).toMatchObject({ ok: CALLS });
    }
    for (const patient of patients) await patient.expectAlive();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
