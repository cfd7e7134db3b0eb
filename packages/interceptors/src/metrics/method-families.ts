import type { MetricFamily, MetricSample } from "@aster/rpc/metrics";
import type { MethodCounts } from "./method-counts.ts";

/** The counts as metrics of Prometheus. */
export function methodFamilies(counts: readonly MethodCounts[]): MetricFamily[] {
  const each = (value: (of: MethodCounts) => MetricSample["value"]): MetricSample[] =>
    counts.map((of) => ({ labels: labelsOf(of), value: value(of) }));
  return [
    {
      name: "aster_rpc_method_started_total",
      type: "counter",
      help: "RPC calls started",
      samples: each(({ started }) => started),
    },
    {
      name: "aster_rpc_method_completed_total",
      type: "counter",
      help: "RPC calls completed, by status",
      samples: counts.flatMap(endings),
    },
    {
      name: "aster_rpc_method_in_flight",
      type: "gauge",
      help: "Current in-flight RPC calls",
      samples: each(({ inFlight }) => inFlight),
    },
    {
      name: "aster_rpc_method_duration_seconds",
      type: "histogram",
      help: "Durations of completed RPC calls",
      samples: each(({ durations }) => durations),
    },
    {
      name: "aster_rpc_method_messages_total",
      type: "counter",
      help: "Messages of completed RPC calls",
      samples: counts.flatMap(messages),
    },
  ];
}

function labelsOf({ side, service, method }: MethodCounts): Record<string, string> {
  return { side, service, method };
}

function endings(counts: MethodCounts): MetricSample[] {
  const labels = labelsOf(counts);
  return [...counts.ended].map(([status, value]) => ({ labels: { ...labels, status }, value }));
}

function messages(counts: MethodCounts): MetricSample[] {
  const labels = labelsOf(counts);
  return [
    { labels: { ...labels, direction: "request" }, value: counts.requests },
    { labels: { ...labels, direction: "response" }, value: counts.responses },
  ];
}
