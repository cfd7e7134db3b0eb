// Encryption of calls, and authentication of the server.
import { randomBytes } from "node:crypto";
import { AsterClient, AsterServer, openGate, RpcError, StatusCode } from "@aster/rpc";
import { endpointIdOf, generateSecretKey } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";
import { type WireTap, wireTap } from "../support/wire-tap.ts";

const gate = openGate();

const bytesOf = ({ datagrams }: WireTap): number =>
  datagrams.reduce((sum, { length }) => sum + length, 0);

test("encrypts all of a call on the wire", async () => {
  await using there = await loopbackNode({ bindAddress: "[::1]:0" });
  await using here = await loopbackNode();
  await using server = await AsterServer.start({ services: [probe()], node: there, gate });
  const [direct = ""] = there.address().directAddresses;
  await using tap = await wireTap(direct);
  const through = { endpointId: there.id, directAddresses: [tap.address] };
  await using client = await AsterClient.connect(through, { node: here });
  const marker = `marker-${randomBytes(16).toString("hex")}`;
  // too short for compression, so that the payload contains the marker
  const text = `${marker} ${"x".repeat(2000)} ${marker}`;
  for (const serialization of ["xlang", "json"] as const) {
    const remote = client.client(Probe, { serialization });
    const before = bytesOf(tap);
    expect(await remote.echo({ text }, { metadata: { token: marker } })).toEqual({ text });
    // the tap has seen both directions of the call
    expect(bytesOf(tap) - before).toBeGreaterThan(2 * text.length);
    const seen = JSON.parse((await remote.context({}, { metadata: { token: marker } })).text);
    expect(seen).toMatchObject({ peer: here.id, metadata: [["token", marker]] });
  }
  expect(client.peer).toBe(server.endpointId);

  const wire = Buffer.concat(tap.datagrams);
  // encrypted bytes contain a word of four letters by chance
  for (const secret of [marker, "Probe", "xxxxxxxx", here.id]) {
    expect([secret, wire.includes(secret), wire.includes(secret, 0, "utf16le")]).toEqual([
      ...[secret, false, false],
    ]);
  }
  expect(wire.includes(Buffer.from(here.id, "hex"))).toBe(false);
});

test("refuses a server with another key than the address before any call", async () => {
  await using node = await loopbackNode();
  await using server = await AsterServer.start({ services: [probe()], node, gate });
  const another = endpointIdOf(generateSecretKey());
  const { directAddresses } = node.address();
  await using ours = await loopbackNode();
  const error = await AsterClient.connect(
    { endpointId: another, directAddresses },
    { node: ours, timeoutMs: 2_000 },
  ).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({ code: StatusCode.UNAVAILABLE });
  expect(server.stats()).toMatchObject({ connections: 0, callsTotal: 0 });
  await using client = await AsterClient.connect(server.address, { node: ours });
  expect(await client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
});
