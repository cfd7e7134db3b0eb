import {
  AsterClient,
  type Client,
  type Compression,
  createLocalClient,
  createLocalSession,
  type ModeChoice,
  RPC_ALPN,
  type SerializationMode,
} from "@aster/rpc";
import type { Connection } from "@aster/transport";
import { loopbackPair, memoryPair, type NodePair } from "@aster/transport/testing";
import { type Hosted, hostConformance } from "./hosted.ts";
import { named } from "./interceptors.ts";
import type { Observer } from "./observer.ts";
import type { Outcome } from "./outcome.ts";
import type { Rig } from "./rig.ts";
import type { CallRow, Setup } from "./row.ts";
import { type Sabotage, sabotaged } from "./sabotage/sabotage.ts";
import { Conformance, ConformanceInAllModes } from "./service.ts";
import { callInSession, type OpenSession } from "./session-call.ts";
import { ConformanceSession } from "./session-service.ts";
import { SteppedCall } from "./stepped-call.ts";
import { TappedConnection } from "./tapped-connection.ts";

export interface OurRigOptions {
  readonly transport: "memory" | "quic" | "local";
  readonly mode: SerializationMode;
  /** The generation of Fory that XLANG is written in. Default: the newer one. */
  readonly profile?: "A";
  readonly zstd: boolean;
  /** What is broken, to see who notices. */
  readonly sabotage?: Sabotage;
}

/** Nodes that nothing runs on yet. */
export async function nodesOf({ transport, sabotage }: OurRigOptions): Promise<NodePair> {
  const nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
  return {
    client: sabotaged(nodes.client, sabotage?.client),
    server: sabotaged(nodes.server, sabotage?.server),
    [Symbol.asyncDispose]: () => nodes[Symbol.asyncDispose](),
  };
}

/** There is no key behind a local client. */
const LOCAL_ID = "0".repeat(64);

/** A server and a client of ours. */
export async function ourRig(options: OurRigOptions, asked: Setup): Promise<Rig> {
  const { sabotage } = options;
  const setup = sabotage?.setup?.(asked) ?? asked;
  const nodes = await nodesOf(options);
  const hosted = await hostConformance(nodes.server, setup, {
    compression: compressionOf(options),
    service: serviceOf(options),
    outermost: sabotage?.serverInterceptor,
  });
  const parts: Parts = { options, setup, nodes, ...hosted };
  return options.transport === "local" ? localRig(parts) : await connectedRig(parts);
}

interface Parts extends Hosted {
  readonly options: OurRigOptions;
  readonly setup: Setup;
  readonly nodes: NodePair;
}

/** In the modes that {@link Conformance} does not have there is another of its name. */
function serviceOf({ mode }: OurRigOptions): typeof Conformance {
  return mode === "native" || mode === "row" ? ConformanceInAllModes : Conformance;
}

function formOf({ mode, profile }: OurRigOptions): ModeChoice {
  return profile === undefined ? { serialization: mode } : { serialization: mode, profile };
}

function compressionOf({ zstd }: OurRigOptions): Compression {
  return zstd ? {} : false;
}

function localRig({ options, setup, nodes, observer, sessions, server }: Parts): Rig {
  const tapped = {
    handle: (connection: Connection) => server.handle(new TappedConnection(connection)),
  };
  const clientOptions = {
    ...formOf(options),
    compression: compressionOf(options),
    limits: setup.clientLimits ?? {},
    interceptors: named(setup.clientInterceptors),
  };
  const client = createLocalClient(serviceOf(options), tapped, clientOptions);
  const openSession = async () => createLocalSession(ConformanceSession, tapped, clientOptions);
  const close = async () => {
    await server.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
  };
  return rigOf({ client, openSession, clientId: LOCAL_ID, observer, sessions }, close);
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
  const { options, setup, nodes, observer, sessions, server } = parts;
  const client = await AsterClient.connect(server.address, {
    node: nodes.client,
    compression: compressionOf(options),
    limits: setup.clientLimits ?? {},
    interceptors: named(setup.clientInterceptors, options.sabotage?.clientInterceptor),
  });
  const caller = {
    client: client.client(serviceOf(options), formOf(options)),
    openSession: () => client.session(ConformanceSession, formOf(options)),
    clientId: nodes.client.id,
    observer,
    sessions,
  };
  return rigOf(caller, async () => {
    await client.close();
    await afterwards();
  });
}

interface Caller extends Pick<Rig, "clientId" | "sessions"> {
  readonly client: Client<typeof Conformance>;
  readonly observer: Observer;
  openSession(): Promise<OpenSession>;
}

function rigOf(
  { client, openSession, clientId, observer, sessions }: Caller,
  close: () => Promise<void>,
): Rig {
  return {
    clientId,
    observer,
    sessions,
    openSession,
    async call(row: CallRow, tag: string, sessionTag: string): Promise<Outcome> {
      const observation = observer.of(tag);
      if (row.session === undefined) {
        return await new SteppedCall(client, row, tag, observation).run(row.steps);
      }
      return await callInSession(await openSession(), row, [tag, sessionTag], observation);
    },
    [Symbol.asyncDispose]: close,
  };
}
