import { mergedFamilies } from "./merged-families.ts";
import type { Distribution, MetricFamily, MetricSample, MetricSource } from "./metric-family.ts";

/** The content type of {@link prometheusText}. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The longest value of a label. Longer ones are cut. */
const MOST_LABEL_CHARS = 256;

/**
 * Returns the metrics of all sources in the text format of Prometheus, version 0.0.4. A source that
 * is listed twice counts once. A source that fails is left out and printed as a process warning.
 */
export function prometheusText(sources: Iterable<MetricSource>): string {
  return mergedFamilies(sources).map(familyText).join("");
}

function familyText({ name, type, help, samples }: MetricFamily): string {
  const lines = samples.map((sample) => sampleText(name, sample)).join("");
  return `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${type}\n${lines}`;
}

function sampleText(name: string, { labels, value }: MetricSample): string {
  const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}="${escaped(text)}"`);
  if (typeof value === "number") return line(name, pairs, value);
  return distributionText(name, pairs, value);
}

function distributionText(name: string, pairs: readonly string[], value: Distribution): string {
  let count = 0;
  const buckets = value.counts.map((own, bucket) => {
    count += own;
    const bound = value.bounds[bucket] ?? Number.POSITIVE_INFINITY;
    return line(`${name}_bucket`, [...pairs, `le="${numberText(bound)}"`], count);
  });
  return (
    buckets.join("") + line(`${name}_sum`, pairs, value.sum) + line(`${name}_count`, pairs, count)
  );
}

function line(name: string, pairs: readonly string[], value: number): string {
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}\n`;
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapedHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escaped(text: string): string {
  const cut = text.length > MOST_LABEL_CHARS ? `${text.slice(0, MOST_LABEL_CHARS)}…` : text;
  return escapedHelp(cut).replaceAll('"', '\\"');
}
