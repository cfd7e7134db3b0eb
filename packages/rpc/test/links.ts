// The ways there are between a client and a server, so that one test runs over all of them.
import {
  AsterClient,
  AsterServer,
  type Client,
  type ClientOptions,
  createLocalClient,
  openGate,
  Server,
  type ServerOptions,
  type ServiceReference,
} from "@aster/rpc";
import { memoryNetwork } from "@aster/transport";

export interface Link extends AsyncDisposable {
  client<T extends ServiceReference>(service: T, options?: ClientOptions): Client<T>;
  /** Calls whose handlers have not returned. */
  calls(): number;
}

export interface LinkKind {
  readonly name: string;
  open(options: ServerOptions): Promise<Link>;
}

async function joined(
  server: AsterServer,
  client: AsterClient,
  close: () => Promise<void>,
): Promise<Link> {
  return {
    client: (service, options) => client.client(service, options),
    calls: () => server.stats().calls,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close(1000);
      await close();
    },
  };
}

export const local: LinkKind = {
  name: "local",
  async open(options) {
    const server = new Server(options);
    return {
      client: (service, clientOptions) => createLocalClient(service, server, clientOptions),
      calls: () => server.stats().calls,
      [Symbol.asyncDispose]: async () => server.close(),
    };
  },
};

export const memory: LinkKind = {
  name: "memory",
  async open(options) {
    const network = memoryNetwork();
    const [here, there] = await Promise.all([network.createNode(), network.createNode()]);
    const server = await AsterServer.start({ ...options, node: there, gate: openGate() });
    const client = await AsterClient.connect(server.address, { node: here });
    return joined(server, client, async () => {
      await here.close();
      await there.close();
    });
  },
};

export const quic: LinkKind = {
  name: "quic",
  async open(options) {
    const server = await AsterServer.start({ ...options, network: "none", gate: openGate() });
    const client = await AsterClient.connect(server.address, { network: "none" });
    return joined(server, client, async () => {});
  },
};

export const links: readonly LinkKind[] = [local, memory, quic];

/** All links in both modes. */
export const ways: readonly { link: LinkKind; mode: "xlang" | "json"; title: string }[] =
  links.flatMap((link) =>
    (["xlang", "json"] as const).map((mode) => ({ link, mode, title: `${link.name} ${mode}` })),
  );
