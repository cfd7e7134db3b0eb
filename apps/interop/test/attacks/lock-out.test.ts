// Dialers that hold what newcomers need, against a server in its own process.
import { fileURLToPath } from "node:url";
import { AsterClient } from "@aster/rpc";
import type { Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { expect, test } from "vitest";
import { ControlClient } from "../faults/support/control-client.ts";
import { inForm } from "../faults/support/form.ts";
import { program, TestkitServer } from "../faults/support/testkit-server.ts";

/** `ratio`: times by which an attack may delay 99 % of the newcomers. */
const { count, ratio } = inForm({
  short: { count: 20, ratio: Number.POSITIVE_INFINITY },
  long: { count: 200, ratio: 2 },
});
/** Far more than is usual, for busy machines; an attack that works takes longer or fails. */
const CONNECT_MS = 10_000;
const CALL_MS = 10_000;
const silent = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };

/**
 * Connects one newcomer after another, each in time. Returns the time in which 99 % of them have
 * connected, in milliseconds.
 */
async function newcomersMs(address: string): Promise<number> {
  const timesMs: number[] = [];
  for (let newcomer = 0; newcomer < count; newcomer += 1) {
    const startedMs = performance.now();
    const client = await AsterClient.connect(address, {
      network: "none",
      bindAddress: "127.0.0.1:0",
      timeoutMs: CONNECT_MS,
    });
    timesMs.push(performance.now() - startedMs);
    await client.close();
  }
  return timesMs.toSorted((a, b) => a - b)[Math.floor((count - 1) * 0.99)] as number;
}

const isBusy = (value: unknown): value is { readonly sent: number } =>
  (value as { readonly sent?: number }).sent !== undefined &&
  (value as { readonly sent: number }).sent > 300;

test("half-open dials of one address do not keep newcomers out", { timeout: 90_000 }, async () => {
  await using server = await TestkitServer.start();
  await using control = await ControlClient.of(server);
  const quietMs = await newcomersMs(server.address);
  const path = fileURLToPath(new URL("programs/half-open.ts", import.meta.url));
  await using attack = program(path, server.address);
  await attack.line(isBusy, 30_000);
  expect(await newcomersMs(server.address)).toBeLessThan(ratio * quietMs);
  for (let call = 0; call < 50; call += 1) await control.testkit.echo({}, { timeoutMs: CALL_MS });
  attack.signal("SIGKILL");
});

test("silent admissions do not keep newcomers out", { timeout: 90_000 }, async () => {
  await using server = await TestkitServer.start();
  await using control = await ControlClient.of(server);
  const quietMs = await newcomersMs(server.address);
  const nodes: Node[] = [];
  try {
    for (let key = 0; key < 40; key += 1) {
      const node = await loopbackNode();
      nodes.push(node);
      const dials = Array.from({ length: 8 }, () =>
        node.connect(server.address, CONSUMER_ADMISSION_ALPN, { raw: true }),
      );
      for (const connection of await Promise.all(dials)) connection.open(silent);
    }
    const held = async () => (await server.stats()).connections;
    await expect.poll(held, { timeout: 30_000 }).toBeLessThanOrEqual(128 + 1);
    expect(await newcomersMs(server.address)).toBeLessThan(ratio * quietMs);
    for (let call = 0; call < 50; call += 1) await control.testkit.echo({}, { timeoutMs: CALL_MS });
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
  }
  await control.expectHealthy();
});
