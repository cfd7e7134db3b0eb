import type { AsterServerStats } from "../server/server-stats.ts";
import type { ServerHealth } from "./health.ts";

/** The JSON of `/metrics`, with the names of `aster-rpc`. */
export interface Metrics {
  readonly health: { readonly status: "ok" | "unhealthy"; readonly uptime_s: number };
  readonly ready: {
    readonly status: "ready" | "not_ready";
    readonly services: number;
    readonly registry: boolean;
  };
  readonly connections: Readonly<Record<string, number>>;
  readonly admission: Readonly<Record<string, number>>;
  readonly rpc: Readonly<Record<string, number>>;
}

/** The metrics of a server at this moment. */
export function metricsOf(
  health: ServerHealth,
  stats: AsterServerStats,
  uptimeMs: number,
): Metrics {
  const { admission, producerAdmission } = stats;
  const services = health.services.length;
  const ready = health.status() === "SERVING" && services > 0;
  return {
    health: { status: health.healthy ? "ok" : "unhealthy", uptime_s: Math.round(uptimeMs) / 1000 },
    ready: { status: ready ? "ready" : "not_ready", services, registry: false },
    connections: {
      active_connections: stats.connections,
      total_connections: stats.connectionsTotal,
      active_streams: stats.channels,
      total_streams: stats.streamsTotal,
    },
    admission: {
      consumer_admitted: admission.admitted,
      consumer_denied: admission.denied,
      consumer_errors: admission.errors,
      producer_admitted: producerAdmission.admitted,
      producer_denied: producerAdmission.denied,
      producer_errors: producerAdmission.errors,
      last_admission_ms: Math.round(admission.lastMs * 10) / 10,
    },
    rpc: {
      started: stats.callsTotal,
      succeeded: stats.callsSucceeded,
      failed: stats.callsFailed,
      in_flight: stats.calls,
    },
  };
}
