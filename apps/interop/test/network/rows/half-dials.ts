import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

const program = fileURLToPath(new URL("../programs/dialer.ts", import.meta.url));
const RSS_GROWTH_BYTES = 120 * 1024 * 1024;
const CONNECT_MS = 3_000;

/**
 * Loses the answers to dials, which therefore never finish. Others connect promptly, and memory
 * stays bounded.
 */
export async function halfDials(dials: number) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  const before = await server.stats();
  await network.shape({ down: { drop: true } });
  const tsx = import.meta.resolve("tsx");
  const args = ["--import", tsx, program, server.address, String(dials)];
  await using dialer = network.near.run(process.execPath, ...args);
  await dialer.line(isBegun, 60_000);
  while ((await network.traffic()).down.dropped < dials) await sleep(100);
  const rssBytes = (await server.stats()).rssBytes - before.rssBytes;
  await using control = new CallProcess(server.host, server.address, "echo", ["--trace"]);
  const connectMs = await control.connected();
  expect(connectMs).toBeLessThanOrEqual(CONNECT_MS);
  expect((await control.ended()).summary).toMatchObject({ ok: 1 });
  expect(rssBytes).toBeLessThanOrEqual(RSS_GROWTH_BYTES);
  dialer.signal("SIGKILL");
  await baseline.expectHealthy({ rssGrowthBytes: RSS_GROWTH_BYTES });
  return { connectMs, rssMiB: rssBytes / 2 ** 20 };
}

function isBegun(value: unknown): value is { readonly begun: number } {
  return "begun" in (value as object);
}
