import { AsterServer, type Compression, implement, openGate } from "@aster/rpc";
import type { Node } from "@aster/transport";
import { conformanceHandlers } from "./handlers.ts";
import { interceptors } from "./interceptors.ts";
import { Observer } from "./observer.ts";
import type { Setup } from "./row.ts";
import { Conformance } from "./service.ts";
import { conformanceSession } from "./session-handlers.ts";
import { SessionLog } from "./session-log.ts";
import { ConformanceSession } from "./session-service.ts";
import { TappedNode } from "./tapped-node.ts";

/** A server of ours and what its handlers notice. */
export interface Hosted {
  readonly server: AsterServer;
  readonly observer: Observer;
  readonly sessions: SessionLog;
}

/** Hosts {@link Conformance} and {@link ConformanceSession} on a node, which stays the caller's. */
export async function hostConformance(
  node: Node,
  setup: Setup,
  compression: Compression,
  service: typeof Conformance = Conformance,
): Promise<Hosted> {
  const observer = new Observer();
  const sessions = new SessionLog();
  const server = await AsterServer.start({
    services: [
      implement(service, conformanceHandlers(observer)),
      implement(ConformanceSession, (peer) => conformanceSession(peer, observer, sessions)),
    ],
    gate: openGate({ production: true }),
    node: new TappedNode(node),
    compression,
    limits: setup.serverLimits ?? {},
    interceptors: (setup.serverInterceptors ?? []).map((name) => interceptors[name]),
    // what the handlers throw on purpose is no news
    onError: () => {},
  });
  return { server, observer, sessions };
}
