// Metrics for Prometheus: the sources of metrics, and their text.

export type {
  Distribution,
  MetricFamily,
  MetricSample,
  MetricSource,
  MetricType,
} from "./metrics/metric-family.ts";
export { ProcessMetrics } from "./metrics/process-metrics.ts";
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from "./metrics/prometheus-text.ts";
