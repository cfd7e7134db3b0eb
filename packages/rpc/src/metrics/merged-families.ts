import { printFailure } from "../failure-log.ts";
import type { Distribution, MetricFamily, MetricSample, MetricSource } from "./metric-family.ts";

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Collects the families of all sources. Those of one name become one family, in which samples with
 * the same labels are added up, because the text may contain a series only once.
 *
 * A source that throws, has an invalid name, or repeats a name with another type or other buckets
 * is left out and printed as a warning, so that the other metrics stay readable.
 */
export function mergedFamilies(sources: Iterable<MetricSource>): MetricFamily[] {
  const merged = new Map<string, MergedFamily>();
  for (const source of new Set(sources)) {
    try {
      const families = source.collect();
      for (const family of families) check(family, merged.get(family.name));
      for (const family of families) {
        const known = merged.get(family.name) ?? new MergedFamily(family);
        merged.set(family.name, known);
        for (const sample of family.samples) known.add(sample);
      }
    } catch (cause) {
      printFailure("a metric source failed", cause);
    }
  }
  return [...merged.values()];
}

/** Throws for a family that would make the whole text invalid. */
function check({ name, type, samples }: MetricFamily, known: MergedFamily | undefined): void {
  if (!NAME.test(name)) throw new Error(`the metric name ${JSON.stringify(name)} is not valid`);
  if (known !== undefined && known.type !== type) {
    throw new Error(`the metric ${name} is a ${known.type} in another source, and a ${type} here`);
  }
  const bounds = known?.bounds ?? boundsOf(samples[0]);
  for (const sample of samples) {
    const bad = Object.keys(sample.labels ?? {}).find((label) => !LABEL.test(label));
    if (bad !== undefined)
      throw new Error(`the label ${JSON.stringify(bad)} of ${name} is not valid`);
    if ((typeof sample.value === "number") === (type === "histogram")) {
      throw new Error(`a value of ${name} does not fit the type ${type}`);
    }
    if (boundsOf(sample) !== bounds) throw new Error(`the metric ${name} has different buckets`);
  }
}

/** The bounds of the buckets, in a form that can be compared; `undefined` without buckets. */
function boundsOf(sample: MetricSample | undefined): string | undefined {
  return typeof sample?.value === "object" ? sample.value.bounds.join() : undefined;
}

class MergedFamily implements MetricFamily {
  readonly name: string;
  readonly type: MetricFamily["type"];
  readonly help: string;
  readonly #samples = new Map<string, MetricSample>();

  constructor({ name, type, help }: MetricFamily) {
    this.name = name;
    this.type = type;
    this.help = help;
  }

  get samples(): MetricSample[] {
    return [...this.#samples.values()];
  }

  get bounds(): string | undefined {
    return boundsOf(this.#samples.values().next().value);
  }

  add(sample: MetricSample): void {
    const key = JSON.stringify(Object.entries(sample.labels ?? {}).sort());
    const known = this.#samples.get(key);
    const merged =
      known === undefined ? sample : { ...known, value: sum(known.value, sample.value) };
    this.#samples.set(key, merged);
  }
}

/** Adds two values of one family, whose types and buckets are the same. */
function sum(one: number | Distribution, other: number | Distribution): number | Distribution {
  if (typeof one === "number" || typeof other === "number") return Number(one) + Number(other);
  return {
    bounds: one.bounds,
    counts: one.counts.map((count, bucket) => count + (other.counts[bucket] ?? 0)),
    sum: one.sum + other.sum,
  };
}
