import { AsterServer, type Compression, type Interceptor, implement, openGate } from "@aster/rpc";
import { wrapNode } from "@aster/rpc/testing";
import type { Node } from "@aster/transport";
import { conformanceHandlers } from "./handlers.ts";
import { named } from "./interceptors.ts";
import { Observer } from "./observer.ts";
import type { Setup } from "./row.ts";
import { Conformance } from "./service.ts";
import { conformanceSession } from "./session-handlers.ts";
import { SessionLog } from "./session-log.ts";
import { ConformanceSession } from "./session-service.ts";
import { TappedConnection } from "./tapped-connection.ts";

/** A server of ours and what its handlers notice. */
export interface Hosted {
  readonly server: AsterServer;
  readonly observer: Observer;
  readonly sessions: SessionLog;
}

export interface HostingOptions {
  readonly compression?: Compression;
  /** Another one of the name. */
  readonly service?: typeof Conformance;
  /** Outside of those that the setup asks for. */
  readonly outermost?: Interceptor | undefined;
}

/** Hosts {@link Conformance} and {@link ConformanceSession} on a node, which stays the caller's. */
export async function hostConformance(
  node: Node,
  setup: Setup,
  { compression, service = Conformance, outermost }: HostingOptions = {},
): Promise<Hosted> {
  const observer = new Observer();
  const sessions = new SessionLog();
  const server = await AsterServer.start({
    services: [
      implement(service, conformanceHandlers(observer)),
      implement(ConformanceSession, (peer) => conformanceSession(peer, observer, sessions)),
    ],
    gate: openGate({ production: true }),
    node: wrapNode(node, (connection) => new TappedConnection(connection)),
    ...(compression === undefined ? {} : { compression }),
    limits: setup.serverLimits ?? {},
    interceptors: named(setup.serverInterceptors, outermost),
    // what the handlers throw on purpose is no news
    onError: () => {},
  });
  return { server, observer, sessions };
}
