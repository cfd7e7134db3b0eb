// Dialers that hold what newcomers need, against a server in its own process.
import { fileURLToPath } from "node:url";
import { AsterClient } from "@aster/rpc";
import type { Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { expect, test } from "vitest";
import { ControlClient } from "../faults/support/control-client.ts";
import { program, TestkitServer } from "../faults/support/testkit-server.ts";

const NEWCOMERS = 20;
/** Far more than is usual, for busy machines; an attack that works takes longer or fails. */
const CONNECT_MS = 3_000;
const CALL_MS = 1_000;
const silent = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };

/** Connects one newcomer after another, each in time. */
async function newcomers(address: string): Promise<void> {
  for (let newcomer = 0; newcomer < NEWCOMERS; newcomer += 1) {
    const client = await AsterClient.connect(address, {
      network: "none",
      bindAddress: "127.0.0.1:0",
      timeoutMs: CONNECT_MS,
    });
    await client.close();
  }
}

const isBusy = (value: unknown): value is { readonly sent: number } =>
  (value as { readonly sent?: number }).sent !== undefined &&
  (value as { readonly sent: number }).sent > 300;

test("half-open dials of one address do not keep newcomers out", { timeout: 90_000 }, async () => {
  await using server = await TestkitServer.start();
  await using control = await ControlClient.of(server);
  const path = fileURLToPath(new URL("programs/half-open.ts", import.meta.url));
  await using attack = program(path, server.address);
  await attack.line(isBusy, 30_000);
  await newcomers(server.address);
  for (let call = 0; call < 50; call += 1) await control.testkit.echo({}, { timeoutMs: CALL_MS });
  attack.signal("SIGKILL");
});

test("silent admissions do not keep newcomers out", { timeout: 90_000 }, async () => {
  await using server = await TestkitServer.start();
  await using control = await ControlClient.of(server);
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
    await expect.poll(held, { timeout: 5_000 }).toBeLessThanOrEqual(128 + 1);
    await newcomers(server.address);
    for (let call = 0; call < 50; call += 1) await control.testkit.echo({}, { timeoutMs: CALL_MS });
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
  }
  await control.expectHealthy();
});
