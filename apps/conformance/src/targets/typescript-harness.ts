import {
  AsterClient,
  type Client,
  createLocalClient,
  createLocalSession,
  type SerializationMode,
} from "@aster/rpc";
import type { CompressionSetting, ModeChoice } from "@aster/rpc/client";
import { RPC_ALPN } from "@aster/rpc/server";
import type { Connection } from "@aster/transport";
import { loopbackPair, memoryPair, type NodePair } from "@aster/transport/testing";
import type { Outcome } from "../client/outcome.ts";
import { callInSession } from "../client/session-call.ts";
import { SteppedCall } from "../client/stepped-call.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import { type Sabotage, sabotaged } from "../sabotage/sabotage.ts";
import { type ConformanceServer, startConformanceServer } from "../service/conformance-server.ts";
import {
  Conformance,
  ConformanceInAllModes,
  ConformanceSession,
  IdempotentConformance,
  IdempotentInAllModes,
  idempotentOptions,
  type OpenSession,
} from "../service/definitions.ts";
import { named } from "../service/named-interceptors.ts";
import type { Observer } from "../service/observer.ts";
import { TappedConnection } from "../service/tapped-connection.ts";
import type { Harness } from "./harness.ts";

export interface TypescriptOptions {
  readonly transport: "memory" | "quic" | "local";
  readonly mode: SerializationMode;
  /** The profile of XLANG. Default: B. */
  readonly profile?: "A";
  readonly zstd: boolean;
  /** The guarantee that is broken on purpose. Default: none. */
  readonly sabotage?: Sabotage;
}

/** Returns nodes on which nothing runs yet. */
export async function nodesOf({ transport, sabotage }: TypescriptOptions): Promise<NodePair> {
  const nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
  return {
    client: sabotaged(nodes.client, sabotage?.client),
    server: sabotaged(nodes.server, sabotage?.server),
    [Symbol.asyncDispose]: () => nodes[Symbol.asyncDispose](),
  };
}

/** Local clients have no key. */
const LOCAL_ID = "0".repeat(64);

/** Starts a TypeScript server and a TypeScript client. */
export async function typescriptHarness(
  options: TypescriptOptions,
  asked: Setup,
): Promise<Harness> {
  const { sabotage } = options;
  const setup = sabotage?.setup?.(asked) ?? asked;
  const nodes = await nodesOf(options);
  const server = await startConformanceServer(nodes.server, setup, {
    compression: compressionOf(options),
    service: serviceOf(options),
    outermost: sabotage?.serverInterceptor,
  });
  const parts: Parts = { options, setup, nodes, ...server };
  return options.transport === "local" ? localHarness(parts) : await connectedHarness(parts);
}

interface Parts extends ConformanceServer {
  readonly options: TypescriptOptions;
  readonly setup: Setup;
  readonly nodes: NodePair;
}

/** Returns a definition that offers the mode. */
function serviceOf({ mode }: TypescriptOptions): typeof Conformance {
  return mode === "native" || mode === "row" ? ConformanceInAllModes : Conformance;
}

/** Returns the definition of the client. */
function clientServiceOf(options: TypescriptOptions, { idempotent }: Setup): typeof Conformance {
  if (!idempotent) return serviceOf(options);
  return serviceOf(options) === Conformance ? IdempotentConformance : IdempotentInAllModes;
}

function formOf({ mode, profile }: TypescriptOptions): ModeChoice {
  return profile === undefined ? { serialization: mode } : { serialization: mode, profile };
}

function compressionOf({ zstd }: TypescriptOptions): CompressionSetting {
  return zstd ? {} : false;
}

function localHarness({ options, setup, nodes, observer, sessions, server }: Parts): Harness {
  const tapped = {
    handle: (connection: Connection) => server.handle(new TappedConnection(connection, observer)),
  };
  const clientOptions = {
    ...formOf(options),
    compression: compressionOf(options),
    limits: setup.clientLimits ?? {},
    interceptors: named(setup.clientInterceptors),
  };
  const client = createLocalClient(clientServiceOf(options, setup), tapped, {
    ...clientOptions,
    ...(setup.idempotent ? { retry: idempotentOptions.retry } : {}),
  });
  const openSession = async () => createLocalSession(ConformanceSession, tapped, clientOptions);
  const close = async () => {
    await server.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
  };
  return harnessOf({ client, openSession, clientId: LOCAL_ID, observer, sessions }, close);
}

async function connectedHarness(parts: Parts): Promise<Harness> {
  const { nodes, server } = parts;
  let raw: Promise<Connection> | undefined;
  const harness = await dialledHarness(parts, async () => {
    (await raw)?.close();
    await server.close({ graceMs: 0 });
    await nodes[Symbol.asyncDispose]();
  });
  return {
    ...harness,
    raw: (alpn) => {
      if (alpn !== undefined) return nodes.client.connect(server.address, alpn, { raw: true });
      raw ??= nodes.client.connect(server.address, RPC_ALPN, { raw: true });
      return raw;
    },
    fresh: () => dialledHarness(parts, async () => {}),
    [Symbol.asyncDispose]: harness[Symbol.asyncDispose],
  };
}

/** Connects a new client to the server. `afterwards` runs when the client has been closed. */
async function dialledHarness(parts: Parts, afterwards: () => Promise<void>): Promise<Harness> {
  const { options, setup, nodes, observer, sessions, server } = parts;
  const client = await AsterClient.connect(server.address, {
    node: nodes.client,
    compression: compressionOf(options),
    limits: setup.clientLimits ?? {},
    interceptors: named(setup.clientInterceptors, options.sabotage?.clientInterceptor),
  });
  const caller = {
    client: client.client(clientServiceOf(options, setup), {
      ...formOf(options),
      ...(setup.idempotent ? idempotentOptions : {}),
    }),
    openSession: () => client.session(ConformanceSession, formOf(options)),
    clientId: nodes.client.id,
    observer,
    sessions,
  };
  return harnessOf(caller, async () => {
    await client.close();
    await afterwards();
  });
}

interface Caller extends Pick<Harness, "clientId" | "sessions"> {
  readonly client: Client<typeof Conformance>;
  readonly observer: Observer;
  openSession(): Promise<OpenSession>;
}

function harnessOf(
  { client, openSession, clientId, observer, sessions }: Caller,
  close: () => Promise<void>,
): Harness {
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
