import type { AdmissionOutcome } from "@aster/trust";
import type { ConfigChoice } from "./config/config-choice.ts";
import type { HealthAddress } from "./health/health-endpoint.ts";
import type { MetricSource } from "./metrics/metric-family.ts";
import type { NodeChoice } from "./peer/own-node.ts";
import type { GateOptions } from "./peer/server-gate.ts";
import type { ServerMeshOptions } from "./peer/server-mesh.ts";
import type { ServerRegistryOptions } from "./producers/server-registry.ts";
import type { ServerOptions } from "./server/server-options.ts";

export interface AsterServerOptions
  extends NodeChoice,
    ConfigChoice,
    GateOptions,
    Omit<ServerOptions, "peers" | "requireAdmission"> {
  /**
   * The port, or port and host, of the HTTP endpoint with `/healthz`, `/readyz`, `/metrics` (JSON)
   * and `/metrics/prometheus`. It closes with the server. Default: no endpoint.
   */
  readonly healthPort?: number | HealthAddress | undefined;
  /**
   * Sources whose metrics the endpoint of `healthPort` adds to its own for Prometheus, such as
   * `metrics()` of `@aster/interceptors`. Default: none.
   */
  readonly metrics?: readonly MetricSource[] | undefined;
  /** The longest term of an admission, more than 0. Default: 24 hours. */
  readonly peerTtlMs?: number | undefined;
  /**
   * The time for one admission, more than 0: for its request to arrive and the gate to decide.
   * Default: 10 s.
   */
  readonly admissionTimeoutMs?: number | undefined;
  /**
   * Publishes the services in a registry, from which clients find them (docs/guide/registry.md): an
   * own one, or one that the server joins. A node that is given needs `protocols: ["docs"]`.
   * Default: none.
   */
  readonly registry?: ServerRegistryOptions | undefined;
  /**
   * Founds or joins the mesh of producers of `rootPubkey` (docs/trust.md, "The mesh of producers"):
   * its members know each other, and have the same list of revoked endpoints within seconds. A node
   * that is given needs `protocols: ["gossip"]`, and its `secretKey` beside it. Default: none,
   * unless the configuration has `mesh.enrollment` or `mesh.bootstrap`.
   */
  readonly mesh?: ServerMeshOptions | undefined;
  /** Called with the result of every admission. */
  readonly onAdmission?: ((outcome: AdmissionOutcome) => void) | undefined;
}
