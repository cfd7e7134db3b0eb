import { optionError } from "../option-check.ts";

/** The kinds of metrics of the Prometheus text format that Aster writes. */
export type MetricType = "counter" | "gauge" | "histogram";

/** The observations of one histogram. */
export interface Distribution {
  /** The upper bounds of the buckets, ascending. A last bucket has no bound. */
  readonly bounds: readonly number[];
  /** The number of observations of each bucket alone: one more entry than `bounds`. */
  readonly counts: readonly number[];
  /** The sum of all observed values. */
  readonly sum: number;
}

/** The value of a metric under one set of labels. */
export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** A {@link Distribution} for a histogram, a number for the other types. */
  readonly value: number | Distribution;
}

/** A metric with its samples, one for each set of labels. */
export interface MetricFamily {
  /** In the form of Prometheus: base units, and the suffix `_total` for a counter. */
  readonly name: string;
  readonly type: MetricType;
  /** One sentence about the value. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/** A part of a program that has metrics, such as the interceptor `metrics()`. */
export interface MetricSource {
  /** Returns the values of this moment. It runs for each scrape. */
  collect(): readonly MetricFamily[];
}

/** Returns the option `metrics`. Throws INVALID_ARGUMENT for anything but a list of sources. */
export function checkSources(
  sources: readonly MetricSource[] | undefined = [],
): readonly MetricSource[] {
  const bad = Array.isArray(sources)
    ? sources.findIndex(
        (source: Partial<MetricSource> | null) => typeof source?.collect !== "function",
      )
    : undefined;
  if (bad === undefined) throw optionError("metrics", "a list of metric sources", sources);
  if (bad >= 0) {
    const expected = "a source with a method collect(), such as metrics() of @aster/interceptors";
    throw optionError(`metrics[${bad}]`, expected, sources[bad]);
  }
  return sources;
}

/** Returns a gauge with one sample, or with none while the value is not known. */
export function gauge(name: string, help: string, value: number | undefined): MetricFamily {
  return { name, type: "gauge", help, samples: value === undefined ? [] : [{ value }] };
}

/** Returns a counter with one sample. */
export function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: "counter", help, samples: [{ value }] };
}
