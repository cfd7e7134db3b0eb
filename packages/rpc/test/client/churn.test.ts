// Clients that come and go, one after the other, over one node.
import { AsterClient, AsterServer, openGate } from "@aster/rpc";
import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

test.each([
  ["memory", memoryPair],
  ["quic", loopbackPair],
] as const)(
  "a closed client no longer counts as a connection of the server, over %s",
  async (_, pair) => {
    await using nodes = await pair();
    await using server = await AsterServer.start({
      services: [probe()],
      gate: openGate(),
      node: nodes.server,
    });
    for (let time = 0; time < 100; time += 1) {
      const client = await AsterClient.connect(server.address, { node: nodes.client });
      expect(await client.client(Probe).echo({ text: `${time}` })).toEqual({ text: `${time}` });
      await client.close();
    }
  },
);
