// A server that ends and comes back under the same key and address, and a node that counts what its clients dial.
import { AsterServer, type AsterServerOptions, openGate, RPC_ALPN } from "@aster/rpc";
import { generateSecretKey, memoryNetwork, type Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";

export interface Revivable extends AsyncDisposable {
  /** To connect clients with. */
  readonly clientNode: Node;
  readonly address: string;
  server: AsterServer;
  /** Dials for calls so far. */
  dials(): number;
  /** Ends the server without a word to anybody, as far as the transport can. */
  kill(): Promise<void>;
  /** Starts another server, which may have other services. */
  revive(options?: Partial<AsterServerOptions>): Promise<void>;
}

export type Transport = "memory" | "quic";

/** The port of a node that was closed is free a little later. */
async function again(open: () => Promise<Node>): Promise<Node> {
  for (let left = 50; ; left -= 1) {
    try {
      return await open();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export async function revivable(
  transport: Transport,
  options: AsterServerOptions,
): Promise<Revivable> {
  const network = memoryNetwork();
  const secretKey = generateSecretKey();
  // below the ports that systems hand out, so that nobody else gets it in between
  const bindAddress = `127.0.0.1:${20_000 + Math.floor(Math.random() * 10_000)}`;
  const serverNode = (): Promise<Node> =>
    transport === "memory"
      ? network.createNode({ secretKey })
      : loopbackNode({ secretKey, bindAddress });
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
    },
    async revive(more) {
      node = await again(serverNode);
      revived.server = await start(more);
    },
    async [Symbol.asyncDispose]() {
      await revived.server.close({ graceMs: 0 });
      await clientNode.close();
      await node.close();
    },
  };
  return revived;
}
