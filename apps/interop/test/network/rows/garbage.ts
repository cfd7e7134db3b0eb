import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { cpuShare } from "../support/cpu-share.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

const flood = fileURLToPath(new URL("../../../network/udp_flood.py", import.meta.url));
const IDLE_SHARE = 0.05;
const SETTLE_MS = 2_000;

/**
 * Sends packets that are not QUIC, and first packets of dials that are cut short or have wrong
 * bits. The server must stay healthy and become idle again.
 */
export async function garbage(packets: number) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  const captured = network.capture(2, 1_100);
  await using caller = new CallProcess(network.near, server.address, "echo", ["--n", "20"]);
  const initials = await captured;
  expect((await caller.ended()).summary).toMatchObject({ ok: 20 });
  // from the host of the server, because the wire would only slow it down
  const target = [server.host.address, String(server.port)];
  await using attacker = server.host.run("python3", "-B", flood, ...target, String(packets));
  const started = performance.now();
  attacker.send({ seed: 1, initials });
  const { sent } = await attacker.line(isSent, 300_000);
  const ms = performance.now() - started;
  expect(sent).toBe(packets);
  await sleep(SETTLE_MS);
  const share = await cpuShare(server.child.pid ?? 0, 1_000);
  expect(share).toBeLessThan(IDLE_SHARE);
  await baseline.expectHealthy();
  return { ms, share };
}

function isSent(value: unknown): value is { readonly sent: number } {
  return "sent" in (value as object);
}
