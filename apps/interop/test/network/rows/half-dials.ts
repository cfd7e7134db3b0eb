import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Caller, Served } from "../support/testkit.ts";

const program = fileURLToPath(new URL("../programs/dialler.ts", import.meta.url));
const RSS_GROWTH_BYTES = 120 * 1024 * 1024;
const CONNECT_MS = 3_000;

/** Dials whose answers get lost, so that they are never finished: others are let in promptly, and memory stays bounded. */
export async function halfDials(dials: number) {
  await using network = await ShapedNetwork.open();
  await using server = await Served.start(network.far);
  const patient = await Patient.examine(server);
  const before = await server.stats();
  await network.shape({ down: { drop: true } });
  const tsx = import.meta.resolve("tsx");
  const args = ["--import", tsx, program, server.address, String(dials)];
  await using dialler = network.near.run(process.execPath, ...args);
  await dialler.line(isBegun, 60_000);
  while ((await network.traffic()).down.dropped < dials) await sleep(100);
  const rssBytes = (await server.stats()).rssBytes - before.rssBytes;
  await using control = new Caller(server.host, server.address, "echo", ["--trace"]);
  const connectMs = await control.connected();
  expect(connectMs).toBeLessThanOrEqual(CONNECT_MS);
  expect((await control.ended()).summary).toMatchObject({ ok: 1 });
  expect(rssBytes).toBeLessThanOrEqual(RSS_GROWTH_BYTES);
  dialler.signal("SIGKILL");
  await patient.expectAlive({ rssGrowthBytes: RSS_GROWTH_BYTES });
  return { connectMs, rssMiB: rssBytes / 2 ** 20 };
}

function isBegun(value: unknown): value is { readonly begun: number } {
  return "begun" in (value as object);
}
