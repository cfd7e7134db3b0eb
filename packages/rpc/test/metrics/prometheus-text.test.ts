import {
  type MetricFamily,
  type MetricSource,
  ProcessMetrics,
  prometheusText,
} from "@aster/rpc/metrics";
import { fakeClock } from "@aster/rpc/testing";
import { expect, test } from "vitest";

const source = (...families: MetricFamily[]): MetricSource => ({ collect: () => families });
const gauge = (name: string, samples: MetricFamily["samples"]): MetricFamily => ({
  name,
  type: "gauge",
  help: "A gauge",
  samples,
});
const latency = (value: object): MetricFamily => ({
  name: "latency_seconds",
  type: "histogram",
  help: "Latencies",
  samples: [{ labels: { method: "say" }, value: value as never }],
});

test("writes help, type and samples", () => {
  const text = prometheusText([
    source(
      { ...gauge("plain", [{ value: 1.5 }]), help: "Back\\slash,\nnew line" },
      gauge("labelled", [
        { labels: { a: 'quote " and \\', b: "line\nend" }, value: -0 },
        { labels: { a: "x".repeat(300) }, value: Number.POSITIVE_INFINITY },
        { labels: {}, value: Number.NaN },
      ]),
      gauge("unknown", []),
    ),
  ]);
  expect(text).toBe(
    [
      "# HELP plain Back\\\\slash,\\nnew line",
      "# TYPE plain gauge",
      "plain 1.5",
      "# HELP labelled A gauge",
      "# TYPE labelled gauge",
      'labelled{a="quote \\" and \\\\",b="line\\nend"} 0',
      `labelled{a="${"x".repeat(256)}…"} +Inf`,
      "labelled NaN",
      "# HELP unknown A gauge",
      "# TYPE unknown gauge",
      "",
    ].join("\n"),
  );
});

test("writes a histogram with cumulative buckets", () => {
  const text = prometheusText([
    source(latency({ bounds: [0.1, 1], counts: [2, 0, 3], sum: 12.5 })),
  ]);
  expect(text.split("\n").slice(2)).toEqual([
    'latency_seconds_bucket{method="say",le="0.1"} 2',
    'latency_seconds_bucket{method="say",le="1"} 2',
    'latency_seconds_bucket{method="say",le="+Inf"} 5',
    'latency_seconds_sum{method="say"} 12.5',
    'latency_seconds_count{method="say"} 5',
    "",
  ]);
});

test("adds up the same series of several sources, and lists a series once", () => {
  const one = source(
    gauge("users", [
      { labels: { a: "1", b: "2" }, value: 1 },
      { labels: { a: "2" }, value: 10 },
    ]),
    latency({ bounds: [1], counts: [1, 2], sum: 5 }),
  );
  const other = source(
    latency({ bounds: [1], counts: [10, 0], sum: 1 }),
    gauge("users", [{ labels: { b: "2", a: "1" }, value: 2 }]),
  );
  const text = prometheusText([one, other, one]);
  expect(text.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
    'users{a="1",b="2"} 3',
    'users{a="2"} 10',
    'latency_seconds_bucket{method="say",le="1"} 11',
    'latency_seconds_bucket{method="say",le="+Inf"} 13',
    'latency_seconds_sum{method="say"} 6',
    'latency_seconds_count{method="say"} 13',
    "",
  ]);
  expect(text.match(/# TYPE/g)).toHaveLength(2);
});

test.each<[string, MetricSource, string]>([
  [
    "throws",
    {
      collect: () => {
        throw new Error("no database");
      },
    },
    "no database",
  ],
  ["has a bad name", source(gauge("bad name", [])), 'the metric name "bad name" is not valid'],
  [
    "has a bad label",
    source(gauge("users", [{ labels: { "a b": "1" }, value: 1 }])),
    'the label "a b" of users is not valid',
  ],
  [
    "repeats a name with another type",
    source(gauge("good", []), { ...gauge("good", []), type: "counter" }),
    "the metric good is a gauge in another source, and a counter here",
  ],
  [
    "has a number for a histogram",
    source({ ...gauge("h", [{ value: 1 }]), type: "histogram" }),
    "a value of h does not fit the type histogram",
  ],
  [
    "has other buckets",
    source(latency({ bounds: [2], counts: [1, 1], sum: 5 })),
    "the metric latency_seconds has different buckets",
  ],
])("leaves out a source that %s, and warns", async (_what, bad, cause) => {
  const warnings: (Error & { detail?: string })[] = [];
  const listen = (warning: Error) => {
    warnings.push(warning);
  };
  process.on("warning", listen);
  const good = source(
    gauge("good", [{ value: 1 }]),
    latency({ bounds: [1], counts: [1, 1], sum: 5 }),
  );
  expect(prometheusText([good, bad])).toBe(prometheusText([good]));
  await expect.poll(() => warnings.length, { timeout: 10_000 }).toBe(1);
  process.off("warning", listen);
  expect(warnings[0]?.message).toBe("a metric source failed");
  expect(warnings[0]?.detail).toContain(cause);
});

test("restarts the figures of the event loop after ten seconds, however often they are read", async () => {
  using clock = fakeClock();
  const metrics = new ProcessMetrics();
  const max = (): number | undefined => {
    const family = metrics
      .collect()
      .find(({ name }) => name === "nodejs_eventloop_delay_max_seconds");
    return family?.samples[0]?.value as number | undefined;
  };
  try {
    expect(max()).toBeUndefined();
    await expect.poll(max, { timeout: 10_000 }).toBeDefined();
    const busyUntil = performance.now() + 150;
    while (performance.now() < busyUntil);
    await expect.poll(max, { timeout: 10_000 }).toBeGreaterThan(0.1);
    await clock.advance(9_999);
    expect(max()).toBeGreaterThan(0.1);
    await clock.advance(1);
    // the values of the window that ends now
    expect(max()).toBeGreaterThan(0.1);
    expect(max() ?? 0).toBeLessThan(0.1);
  } finally {
    metrics.stop();
  }
});
