// A hostile server that opens channels to its clients.
import { AsterClient } from "@aster/rpc";
import { RPC_ALPN } from "@aster/rpc/server";
import { type Connection, ResetCode, type TransportError } from "@aster/transport";
import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { openGate } from "@aster/trust";
import { CONSUMER_ADMISSION_ALPN, serveAdmission } from "@aster/trust/admission";
import { expect, test, vi } from "vitest";

const CHANNELS = 1280;
const BYTES = 60_000;

/** Admits the next client. Returns its connection for calls. */
async function admitOne(accepted: AsyncIterable<Connection>): Promise<Connection> {
  const offer = () => ({ services: [], registryNamespace: "", rootPubkey: "00".repeat(32) });
  for await (const connection of accepted) {
    if (connection.alpn === RPC_ALPN) return connection;
    serveAdmission(connection, { gate: openGate(), offer });
  }
  throw new Error("the node is closed");
}

/** Opens a channel and sends to it. Resolves with the code with which the client refuses it. */
function refusal(connection: Connection): Promise<number | undefined> {
  return new Promise((resolve) => {
    const channel = connection.open({
      frame: () => {},
      end: () => {},
      malformed: () => {},
      stopped: resolve,
      closed: (error: TransportError) => resolve(error.applicationCode),
    });
    channel.send(0, new Uint8Array(BYTES));
  });
}

test.each([
  ["memory", memoryPair],
  ["quic", loopbackPair],
] as const)(
  "a client refuses the channels that a server opens, and holds nothing of them, over %s",
  async (_, pair) => {
    await using nodes = await pair();
    const served = admitOne(
      nodes.server.accept([RPC_ALPN, CONSUMER_ADMISSION_ALPN], { raw: [CONSUMER_ADMISSION_ALPN] }),
    );
    await using client = await AsterClient.connect(nodes.server.address(), { node: nodes.client });
    const connection = await served;
    const codes = await Promise.all(Array.from({ length: CHANNELS }, () => refusal(connection)));
    expect(new Set(codes)).toEqual(new Set([ResetCode.RefusedStream]));
    await vi.waitFor(() => {
      expect(nodes.client.stats()).toMatchObject({ channels: 0, queuedBytes: 0 });
    });
    expect(client.state).toBe("connected");
  },
);
