import type { Metrics } from "./metrics.ts";

type Sample = readonly [labels: string, value: number | undefined];

/** The metrics in the text format of Prometheus, version 0.0.4. */
export function prometheusText({ health, ready, connections, admission, rpc }: Metrics): string {
  return [
    gauge("uptime_seconds", "Server uptime in seconds", health.uptime_s),
    gauge("connections_active", "Current active connections", connections.active_connections),
    counter("connections_total", "Total connections since startup", connections.total_connections),
    gauge("streams_active", "Current active streams", connections.active_streams),
    counter("streams_total", "Total streams since startup", connections.total_streams),
    admissions("consumer_admitted", "Consumer admissions granted", admission),
    admissions("consumer_denied", "Consumer admissions denied", admission),
    admissions("producer_admitted", "Producer admissions granted", admission),
    counter("rpc_started_total", "Total RPC calls started", rpc.started),
    metric("rpc_completed_total", "counter", "Total RPC calls completed", [
      ['{status="ok"}', rpc.succeeded],
      ['{status="error"}', rpc.failed],
    ]),
    gauge("rpc_in_flight", "Current in-flight RPC calls", rpc.in_flight),
    gauge("healthy", "Whether the server is healthy (1=yes, 0=no)", +(health.status === "ok")),
    gauge("ready", "Whether the server is ready (1=yes, 0=no)", +(ready.status === "ready")),
  ].join("");
}

function gauge(name: string, help: string, value: number | undefined): string {
  return metric(name, "gauge", help, [["", value]]);
}

function counter(name: string, help: string, value: number | undefined): string {
  return metric(name, "counter", help, [["", value]]);
}

function admissions(kind: string, help: string, counts: Metrics["admission"]): string {
  return counter(`admission_${kind}_total`, help, counts[kind]);
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value = 0]) => `aster_${name}${labels} ${value}\n`);
  return `# HELP aster_${name} ${help}\n# TYPE aster_${name} ${type}\n${lines.join("")}`;
}
