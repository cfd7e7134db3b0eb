import { AsterServer, implement, openGate } from "@aster/rpc";
import type { CompressionSetting } from "@aster/rpc/client";
import type { Interceptor } from "@aster/rpc/interceptor";
import { wrapNode } from "@aster/rpc/testing";
import type { Node } from "@aster/transport";
import type { Setup } from "../row-kinds/setup.ts";
import { conformanceHandlers } from "./call-handlers.ts";
import { Conformance, ConformanceSession } from "./definitions.ts";
import { named } from "./named-interceptors.ts";
import { Observer } from "./observer.ts";
import { conformanceSession, SessionLog } from "./session-handlers.ts";
import { TappedConnection } from "./tapped-connection.ts";

/** A TypeScript server under test, and what its handlers observe. */
export interface ConformanceServer {
  readonly server: AsterServer;
  readonly observer: Observer;
  readonly sessions: SessionLog;
}

export interface ConformanceServerOptions {
  readonly compression?: CompressionSetting;
  /** Another definition of the same name. Default: {@link Conformance}. */
  readonly service?: typeof Conformance;
  /** An interceptor that runs before those of the setup. */
  readonly outermost?: Interceptor | undefined;
}

/**
 * Hosts {@link Conformance} and {@link ConformanceSession} on a node. The caller closes the node
 * and the server.
 */
export async function startConformanceServer(
  node: Node,
  setup: Setup,
  { compression, service = Conformance, outermost }: ConformanceServerOptions = {},
): Promise<ConformanceServer> {
  const observer = new Observer();
  const sessions = new SessionLog();
  const server = await AsterServer.start({
    services: [
      implement(service, conformanceHandlers(observer)),
      implement(ConformanceSession, (peer) => conformanceSession(peer, observer, sessions)),
    ],
    gate: openGate({ production: true }),
    node: wrapNode(node, (connection) => new TappedConnection(connection, observer)),
    ...(compression === undefined ? {} : { compression }),
    // one client runs as many calls as a connection may have
    limits: { maxCallsPerPeer: 1280, ...setup.serverLimits },
    interceptors: named(setup.serverInterceptors, outermost),
    // the handlers throw on purpose
    onError: () => {},
  });
  return { server, observer, sessions };
}
