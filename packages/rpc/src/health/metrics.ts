import type { AsterServerStats } from "../aster-server.ts";
import type { Health } from "./health.ts";

/** What a server says of itself over HTTP, in the words of `aster-rpc`. */
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

/** How a server is, now. */
export function metricsOf(health: Health, stats: AsterServerStats, uptimeMs: number): Metrics {
  const { admission } = stats;
  const services = health.services.length;
  const ready = health.status() === "SERVING" && services > 0;
  return {
    health: { status: health.well ? "ok" : "unhealthy", uptime_s: Math.round(uptimeMs) / 1000 },
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
      // a server of ours lets no producers in
      producer_admitted: 0,
      producer_denied: 0,
      producer_errors: 0,
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
