import type { Metrics } from "../health/metrics.ts";
import type { RpcLimits } from "../limits.ts";
import type { AdmissionStats } from "../peer/admission-counts.ts";
import type { AsterServerStats } from "../server/server-stats.ts";
import { counter, gauge, type MetricFamily } from "./metric-family.ts";

const MS_PER_S = 1_000;

/** The metrics of a server, with the names of `aster-rpc` for those that it has as well. */
export function serverMetrics(
  { health, ready }: Metrics,
  stats: AsterServerStats,
  limits: RpcLimits,
): MetricFamily[] {
  return [
    gauge("aster_uptime_seconds", "Server uptime in seconds", health.uptime_s),
    gauge(
      "aster_healthy",
      "Whether the server is healthy (1=yes, 0=no)",
      +(health.status === "ok"),
    ),
    gauge("aster_ready", "Whether the server is ready (1=yes, 0=no)", +(ready.status === "ready")),
    ...connectionMetrics(stats),
    ...admissionMetrics("consumer", "Consumer", stats.admission),
    ...admissionMetrics("producer", "Producer", stats.producerAdmission),
    ...callMetrics(stats, limits),
  ];
}

function connectionMetrics(stats: AsterServerStats): MetricFamily[] {
  return [
    gauge("aster_connections_active", "Current active connections", stats.connections),
    counter("aster_connections_total", "Total connections since startup", stats.connectionsTotal),
    counter(
      "aster_connections_refused_total",
      "Total connections that the gate refused",
      stats.refused,
    ),
    gauge("aster_streams_active", "Current active streams", stats.channels),
    counter("aster_streams_total", "Total streams since startup", stats.streamsTotal),
    gauge(
      "aster_queued_bytes",
      "Bytes in buffers of streams that cannot send or deliver yet, native ones included",
      stats.queuedBytes,
    ),
    gauge("aster_native_handles", "Native objects of the node", stats.nativeHandles),
  ];
}

function admissionMetrics(kind: string, who: string, stats: AdmissionStats): MetricFamily[] {
  const name = `aster_admission_${kind}`;
  return [
    counter(`${name}_admitted_total`, `${who} admissions granted`, stats.admitted),
    counter(`${name}_denied_total`, `${who} admissions denied`, stats.denied),
    counter(
      `${name}_errors_total`,
      `${who} admissions that ended without a decision`,
      stats.errors,
    ),
    gauge(
      `${name}_last_duration_seconds`,
      `Duration of the last granted ${kind} admission`,
      stats.lastMs / MS_PER_S,
    ),
  ];
}

function callMetrics(stats: AsterServerStats, limits: RpcLimits): MetricFamily[] {
  return [
    counter("aster_rpc_started_total", "Total RPC calls started", stats.callsTotal),
    {
      name: "aster_rpc_completed_total",
      type: "counter",
      help: "Total RPC calls completed",
      samples: [
        { labels: { status: "ok" }, value: stats.callsSucceeded },
        { labels: { status: "error" }, value: stats.callsFailed },
      ],
    },
    {
      name: "aster_rpc_refused_total",
      type: "counter",
      help: "Total RPC calls and sessions refused, by status",
      samples: Object.entries(stats.callsRefused).map(([status, value]) => ({
        labels: { status },
        value,
      })),
    },
    gauge("aster_rpc_in_flight", "Current in-flight RPC calls", stats.calls),
    gauge("aster_rpc_in_flight_limit", "In-flight RPC calls allowed (maxCalls)", limits.maxCalls),
    gauge("aster_sessions_active", "Current open sessions", stats.sessions),
    gauge(
      "aster_held_bytes",
      "Bytes of requests and unread answers that the server holds for its peers",
      stats.heldBytes,
    ),
    gauge("aster_held_bytes_limit", "Held bytes allowed (maxHeldBytes)", limits.maxHeldBytes),
  ];
}
