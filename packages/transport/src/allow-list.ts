// The contract of allow-lists: `Node.closeGate` of each transport makes one.
import type { EndpointId } from "./address/endpoint.ts";
import type { GateQuestion } from "./node.ts";
import { wrongOption } from "./option.ts";

/** Connections that a node refused. */
export interface RefusedConnections {
  /** All since the last report. */
  readonly count: number;
  /** Up to 16 of them. */
  readonly some: readonly GateQuestion[];
}

export interface ClosedGateOptions {
  /** The ALPNs under which every peer may connect, such as those of admission. */
  readonly openAlpns: readonly string[];
  /**
   * Called at most once per second, when connections were refused. An error that it throws is
   * ignored.
   */
  readonly onRefused?: ((refused: RefusedConnections) => void) | undefined;
}

/** The peers that may connect to a node whose gate is closed. */
export interface AllowList {
  /** Accepts connections of this peer from now on. */
  allow(peer: EndpointId): void;
  /**
   * Refuses connections of this peer from now on. Connections of linked protocols that it has are
   * closed with code 403; those that the program accepted are left to the program.
   */
  remove(peer: EndpointId): void;
}

/** Throws a `TransportError` `"option"`. */
export function checkClosedGate({ openAlpns, onRefused }: ClosedGateOptions): void {
  if (!Array.isArray(openAlpns) || openAlpns.some((alpn) => typeof alpn !== "string")) {
    throw wrongOption("openAlpns", "a list of ALPNs", openAlpns);
  }
  if (onRefused !== undefined && typeof onRefused !== "function") {
    throw wrongOption("onRefused", "a function", onRefused);
  }
}
