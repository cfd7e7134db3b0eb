import { AsterServer, type Compression, implement, openGate } from "@aster/rpc";
import type { Node } from "@aster/transport";
import { conformanceHandlers } from "./handlers.ts";
import { interceptors } from "./interceptors.ts";
import { Observer } from "./observer.ts";
import type { Setup } from "./row.ts";
import { Conformance } from "./service.ts";
import { TappedNode } from "./tapped-node.ts";

/** A server of ours and what its handlers notice. */
export interface Hosted {
  readonly server: AsterServer;
  readonly observer: Observer;
}

/** Hosts {@link Conformance} on a node, which stays the caller's. */
export async function hostConformance(
  node: Node,
  setup: Setup,
  compression: Compression,
): Promise<Hosted> {
  const observer = new Observer();
  const server = await AsterServer.start({
    services: [implement(Conformance, conformanceHandlers(observer))],
    gate: openGate({ production: true }),
    node: new TappedNode(node),
    compression,
    limits: setup.serverLimits ?? {},
    interceptors: (setup.serverInterceptors ?? []).map((name) => interceptors[name]),
    // what the handlers throw on purpose is no news
    onError: () => {},
  });
  return { server, observer };
}
