import {
  AsterClient,
  type Client,
  type Compression,
  createLocalClient,
  RPC_ALPN,
} from "@aster/rpc";
import type { Connection } from "@aster/transport";
import { loopbackPair, memoryPair, type NodePair } from "@aster/transport/testing";
import { type Hosted, hostConformance } from "./hosted.ts";
import { interceptors } from "./interceptors.ts";
import type { Observer } from "./observer.ts";
import type { Outcome } from "./outcome.ts";
import type { Mode } from "./protocol.ts";
import type { Rig } from "./rig.ts";
import type { CallRow, Setup } from "./row.ts";
import { Conformance } from "./service.ts";
import { SteppedCall } from "./stepped-call.ts";
import { TappedConnection } from "./tapped-connection.ts";

export interface OurRigOptions {
  readonly transport: "memory" | "quic" | "local";
  readonly mode: Mode;
  readonly zstd: boolean;
}

/** There is no key behind a local client. */
const LOCAL_ID = "0".repeat(64);

/** A server and a client of ours. */
export async function ourRig(options: OurRigOptions, setup: Setup): Promise<Rig> {
  const nodes = await (options.transport === "quic" ? loopbackPair() : memoryPair());
  const hosted = await hostConformance(nodes.server, setup, compressionOf(options));
  const parts: Parts = { options, setup, nodes, ...hosted };
  return options.transport === "local" ? localRig(parts) : await connectedRig(parts);
}

interface Parts extends Hosted {
  readonly options: OurRigOptions;
  readonly setup: Setup;
  readonly nodes: NodePair;
}

function compressionOf({ zstd }: OurRigOptions): Compression {
  return zstd ? {} : false;
}

function localRig({ options, setup, nodes, observer, server }: Parts): Rig {
  const tapped = {
    handle: (connection: Connection) => server.handle(new TappedConnection(connection)),
  };
  const client = createLocalClient(Conformance, tapped, {
    serialization: options.mode,
    compression: compressionOf(options),
    limits: setup.clientLimits ?? {},
    interceptors: (setup.clientInterceptors ?? []).map((name) => interceptors[name]),
  });
  const close = async () => {
    await server.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
  };
  return rigOf(client, LOCAL_ID, observer, close);
}

async function connectedRig(parts: Parts): Promise<Rig> {
  const { nodes, server } = parts;
  let raw: Promise<Connection> | undefined;
  const rig = await dialledRig(parts, async () => {
    (await raw)?.close();
    await server.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
  });
  return {
    ...rig,
    raw: (alpn) => {
      if (alpn !== undefined) return nodes.client.connect(server.address, alpn, { raw: true });
      raw ??= nodes.client.connect(server.address, RPC_ALPN, { raw: true });
      return raw;
    },
    fresh: () => dialledRig(parts, async () => {}),
    [Symbol.asyncDispose]: rig[Symbol.asyncDispose],
  };
}

async function dialledRig(parts: Parts, afterwards: () => Promise<void>): Promise<Rig> {
  const { options, setup, nodes, observer, server } = parts;
  const client = await AsterClient.connect(server.address, {
    node: nodes.client,
    compression: compressionOf(options),
    limits: setup.clientLimits ?? {},
    interceptors: (setup.clientInterceptors ?? []).map((name) => interceptors[name]),
  });
  const typed = client.client(Conformance, { serialization: options.mode });
  return rigOf(typed, nodes.client.id, observer, async () => {
    await client.close();
    await afterwards();
  });
}

function rigOf(
  client: Client<typeof Conformance>,
  clientId: string,
  observer: Observer,
  close: () => Promise<void>,
): Rig {
  return {
    clientId,
    observer,
    call(row: CallRow, tag: string): Promise<Outcome> {
      return new SteppedCall(client, row, tag, observer.of(tag)).run(row.steps);
    },
    [Symbol.asyncDispose]: close,
  };
}
