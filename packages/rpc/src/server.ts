// The low-level server, its limits and peers, and the options and figures of all servers.

export type { AdmissionOutcome, AdmittedService } from "@aster/trust";
export type { Health, ServingStatus } from "./health/health.ts";
export type { HealthAddress } from "./health/health-endpoint.ts";
export type { RpcLimitOptions, RpcLimits } from "./limits.ts";
export { defaultLimits } from "./limits.ts";
export type { AdmissionStats } from "./peer/admission-counts.ts";
export { RPC_ALPN } from "./peer/dial.ts";
export type { Denial } from "./server/denial.ts";
export type { ServedBy, SessionHandlers } from "./server/implement.ts";
export { Server } from "./server/server.ts";
export type { DrainOptions, PeerDirectory, ServerOptions } from "./server/server-options.ts";
export type { AsterServerStats, ServerStats } from "./server/server-stats.ts";
