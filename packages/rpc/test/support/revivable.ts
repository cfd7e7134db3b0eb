// A server that ends and comes back with the same key and address, and a node that counts the dials
// of its clients.
import { createSocket, type Socket } from "node:dgram";
import { AsterServer, type AsterServerOptions, openGate } from "@aster/rpc";
import { RPC_ALPN } from "@aster/rpc/server";
import { generateSecretKey, memoryNetwork, type Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";

export interface Revivable extends AsyncDisposable {
  /** The node of the clients. */
  readonly clientNode: Node;
  readonly address: string;
  server: AsterServer;
  /** Dials for calls so far. */
  dials(): number;
  /** Ends the server without the close handshake, as far as the transport can. */
  kill(): Promise<void>;
  /** Starts another server, which may have other services. */
  revive(options?: Partial<AsterServerOptions>): Promise<void>;
}

export type Transport = "memory" | "quic";

/** Tries again for a while: a port is free a little later than its node or socket is closed. */
async function again<T>(open: () => Promise<T>): Promise<T> {
  for (let left = 150; ; left -= 1) {
    try {
      return await open();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Keeps a port of 127.0.0.1 while no node has it, so that no other program takes it. */
async function placeholder(port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, "127.0.0.1", resolve);
  });
  return socket;
}

async function gone(socket: Socket | undefined): Promise<void> {
  if (socket !== undefined) await new Promise<void>((resolve) => socket.close(resolve));
}

/** Reserves a port below the ephemeral ports until it is used. */
function reserve(): Promise<Socket> {
  return again(() => placeholder(20_000 + Math.floor(Math.random() * 10_000)));
}

export async function revivable(
  transport: Transport,
  options: AsterServerOptions,
): Promise<Revivable> {
  const network = memoryNetwork();
  const secretKey = generateSecretKey();
  let keeper = transport === "quic" ? await reserve() : undefined;
  const port = keeper?.address().port ?? 0;
  const serverNode = async (): Promise<Node> => {
    await gone(keeper);
    keeper = undefined;
    if (transport === "memory") return network.createNode({ secretKey });
    return again(() => loopbackNode({ secretKey, bindAddress: `127.0.0.1:${port}` }));
  };
  let node = await serverNode();
  const start = (more: Partial<AsterServerOptions> = {}): Promise<AsterServer> =>
    AsterServer.start({ gate: openGate(), ...options, ...more, node });
  const clientNode = transport === "memory" ? await network.createNode() : await loopbackNode();
  let dials = 0;
  const connect = clientNode.connect.bind(clientNode);
  clientNode.connect = (address, alpn, how) => {
    if (alpn === RPC_ALPN) dials += 1;
    return connect(address, alpn, how);
  };
  const server = await start();
  const revived: Revivable = {
    clientNode,
    address: server.address,
    server,
    dials: () => dials,
    async kill() {
      await revived.server.close({ graceMs: 0 });
      await node.close();
      if (transport === "quic") keeper = await again(() => placeholder(port));
    },
    async revive(more) {
      node = await serverNode();
      revived.server = await start(more);
    },
    async [Symbol.asyncDispose]() {
      await revived.server.close({ graceMs: 0 });
      await clientNode.close();
      await node.close();
      await gone(keeper);
    },
  };
  return revived;
}
