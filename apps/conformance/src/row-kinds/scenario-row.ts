import type { ServiceDefinition, ServiceImplementation } from "@aster/rpc";
import type { Only } from "./setup.ts";

/** A scenario with its own service, as the Python project describes it. */
export interface ScenarioRow {
  readonly kind: "scenario";
  readonly suite: string;
  readonly name: string;
  readonly only?: Only;
  readonly service: ServiceDefinition;
  readonly implementation: ServiceImplementation;
  readonly calls: readonly ScenarioCall[];
}

export interface ScenarioCall {
  /**
   * Calls through the proxy of the service of this name, which need not exist, and expects one
   * reply. Default: calls with the typed client.
   */
  readonly proxied?: string;
  readonly method: string;
  readonly request: object;
  /** The reply, or all replies of a stream. */
  readonly replies: readonly object[];
  /** Default: 0. */
  readonly code?: number;
}
