import type { MetricsView } from "@aster/console/protocol";

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const HISTOGRAM = "aster_rpc_method_duration_seconds_bucket";

/** Reads the metrics of a server from their Prometheus text. Lines of other metrics are ignored. */
export function metricsOfText(text: string, atMs: number): MetricsView {
  const samples = text.split("\n").flatMap((line) => sampleOf(line) ?? []);
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    samples
      .filter((sample) => sample.name === name && matches(sample, labels))
      .reduce((total, { value }) => total + value, 0);
  return {
    atMs,
    started: sum("aster_rpc_started_total"),
    succeeded: sum("aster_rpc_completed_total", { status: "ok" }),
    failed: sum("aster_rpc_completed_total", { status: "error" }),
    inFlight: sum("aster_rpc_in_flight"),
    streams: sum("aster_streams_active"),
    sessions: sum("aster_sessions_active"),
    connections: sum("aster_connections_active"),
    buckets: bucketsOf(samples),
  };
}

function sampleOf(line: string): Sample | undefined {
  const [, name, labels = "", value] = LINE.exec(line) ?? [];
  if (name?.startsWith("aster_") !== true) return undefined;
  const pairs = [...labels.matchAll(LABEL)].map(([, key = "", text = ""]) => [key, text] as const);
  return { name, labels: Object.fromEntries(pairs), value: numberOf(value ?? "") };
}

function matches(sample: Sample, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
}

/** The durations of the calls that the server answered, over all methods. */
function bucketsOf(samples: readonly Sample[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== HISTOGRAM || labels.side === "client") continue;
    const upTo = numberOf(labels.le ?? "");
    // JSON has no infinity
    const bound = upTo === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : upTo;
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  return [...counts].toSorted(([a], [b]) => a - b);
}

function numberOf(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text);
}
