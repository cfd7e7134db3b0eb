import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { cpuShare } from "../support/cpu-share.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Caller, Served } from "../support/testkit.ts";

const flood = fileURLToPath(new URL("../../../network/udp_flood.py", import.meta.url));
const IDLE_SHARE = 0.05;
const CALM_MS = 2_000;

/** Packets that are no QUIC, and first packets of dials cut short or with wrong bits: the server stays well, and calms down. */
export async function garbage(packets: number) {
  await using network = await ShapedNetwork.open();
  await using server = await Served.start(network.far);
  const patient = await Patient.examine(server);
  const captured = network.capture(2, 1_100);
  await using caller = new Caller(network.near, server.address, "echo", ["--n", "20"]);
  const initials = await captured;
  expect((await caller.ended()).summary).toMatchObject({ ok: 20 });
  // beside the server: through the wire it would only be slower
  const target = [server.host.address, String(server.port)];
  await using attacker = server.host.run("python3", "-B", flood, ...target, String(packets));
  const started = performance.now();
  attacker.send({ seed: 1, initials });
  const { sent } = await attacker.line(isSent, 300_000);
  const ms = performance.now() - started;
  expect(sent).toBe(packets);
  await sleep(CALM_MS);
  const share = await cpuShare(server.child.pid ?? 0, 1_000);
  expect(share).toBeLessThan(IDLE_SHARE);
  await patient.expectAlive();
  return { ms, share };
}

function isSent(value: unknown): value is { readonly sent: number } {
  return "sent" in (value as object);
}
