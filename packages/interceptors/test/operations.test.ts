// The files of docs/operations name the metrics that a server has, and load in Prometheus.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { promtool, withoutPromtool } from "./promtool.ts";
import { scrapedServer } from "./scraped-server.ts";

const folder = new URL("../../../docs/operations/", import.meta.url).pathname;
const textOf = (name: string): Promise<string> => readFile(join(folder, name), "utf8");

/** The types and labels of the metrics of a server with `metrics()`, by name. */
let served: Map<string, { type: string; labels: Set<string> }>;
beforeAll(async () => {
  await using server = await scrapedServer("memory");
  await server.find("a");
  await server.unknown();
  served = metricsIn(await (await server.scrape()).text());
});

function metricsIn(text: string): typeof served {
  const found: typeof served = new Map();
  for (const [, name = "", type = ""] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    found.set(name, { type, labels: new Set() });
  }
  for (const [, series = "", pairs = ""] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)) {
    const family = found.get(series) ?? found.get(series.replace(/_(bucket|sum|count)$/, ""));
    for (const [, label = ""] of pairs.matchAll(/(\w+)="/g)) family?.labels.add(label);
  }
  return found;
}

/** The names of Aster's metrics in a PromQL expression. */
function namesIn(expression: string): string[] {
  const bare = expression.replace(/"[^"]*"/g, '""');
  return bare.match(/\b(?:aster|nodejs|process)_\w+/g) ?? [];
}

/** The name of the family of a series. */
const familyOf = (name: string): string =>
  served.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");

describe("metrics.md", () => {
  test("has a row for each metric of a server, with its type and labels", async () => {
    const text = await textOf("metrics.md");
    const [, methods = ""] = text.split("## Methods");
    const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \|(.*?)\| .+ \|$/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual([...served.keys()].sort());
    for (const [row, name = "", type, labels = ""] of rows) {
      const [own] = labels.split(":");
      const shared = methods.includes(row) ? ["side", "service", "method"] : [];
      const listed = [...shared, ...(own?.match(/\w+/g) ?? [])];
      expect([name, type, listed.sort()]).toEqual([
        name,
        served.get(name)?.type,
        [...(served.get(name)?.labels ?? [])].sort(),
      ]);
    }
  });
});

describe("alerts.yml", () => {
  test("uses metrics that a server has", async () => {
    const names = namesIn(await textOf("alerts.yml"));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !served.has(familyOf(name)))).toEqual([]);
  });

  test("has a section of alerts.md and a test for each alert", async () => {
    const alerts = [...(await textOf("alerts.yml")).matchAll(/- alert: (\w+)/g)].map(
      ([, name]) => name,
    );
    const sections = [...(await textOf("alerts.md")).matchAll(/^### (\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(sections).toEqual(alerts);
    const tests = [...(await textOf("alerts.test.yml")).matchAll(/alertname: (\w+)/g)].map(
      ([, name]) => name,
    );
    expect(new Set(tests)).toEqual(new Set(alerts));
  });

  test.skipIf(withoutPromtool)("is accepted by promtool, and its tests pass", async () => {
    expect(await promtool(["check", "rules", "alerts.yml"], { cwd: folder })).toContain("SUCCESS");
    expect(await promtool(["test", "rules", "alerts.test.yml"], { cwd: folder })).toContain(
      "SUCCESS",
    );
  });
});

/** The parts of a dashboard that Grafana needs, in its JSON model. */
// a variable of the dashboard, in the notation of Grafana
const uid = `$${"{datasource}"}`;
const Source = z.object({ type: z.literal("prometheus"), uid: z.literal(uid) });
const Panel = z.object({
  id: z.int().positive(),
  title: z.string().min(1),
  type: z.enum(["row", "stat", "timeseries"]),
  gridPos: z.object({
    h: z.int().positive(),
    w: z.int().min(1).max(24),
    x: z.int().min(0).max(23),
    y: z.int().min(0),
  }),
  description: z.string().min(1).optional(),
  datasource: Source.optional(),
  targets: z
    .array(z.object({ refId: z.string(), expr: z.string().min(1), datasource: Source }))
    .optional(),
  fieldConfig: z
    .object({ defaults: z.object({ unit: z.string() }), overrides: z.array(z.never()) })
    .optional(),
});
const Dashboard = z.object({
  uid: z.string().min(1).max(40),
  title: z.string().min(1),
  schemaVersion: z.int().min(36),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), query: z.unknown() })),
  }),
  panels: z.array(Panel).min(1),
});

describe("grafana-dashboard.json", () => {
  let dashboard: z.infer<typeof Dashboard>;
  let expressions: string[];
  let scratch: string;
  beforeAll(async () => {
    dashboard = Dashboard.parse(JSON.parse(await textOf("grafana-dashboard.json")));
    expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    scratch = await mkdtemp(join(tmpdir(), "aster-dashboard-"));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  test("has panels that do not overlap, each with data and a description", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { type, title, description, targets = [], datasource, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      if (type === "row") continue;
      expect([title, description, datasource]).not.toContain(undefined);
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test("declares the variables that it uses", async () => {
    const text = await textOf("grafana-dashboard.json");
    const used = new Set([...text.matchAll(/\$\{?(\w+)\}?/g)].map(([, name]) => name));
    used.delete("__rate_interval");
    used.delete("__all");
    expect([...used].sort()).toEqual(dashboard.templating.list.map(({ name }) => name).sort());
  });

  test("shows every metric of a server, and no other", () => {
    const shown = new Set(expressions.flatMap(namesIn).map(familyOf));
    // the sum of all admissions is more useful than the duration of the last one
    const notShown = [...served.keys()].filter((name) => !shown.has(name));
    expect(notShown).toEqual([
      "aster_admission_consumer_last_duration_seconds",
      "aster_admission_producer_last_duration_seconds",
    ]);
    expect([...shown].filter((name) => !served.has(name))).toEqual([]);
  });

  test.skipIf(withoutPromtool)("has expressions that promtool accepts", async () => {
    const rules = expressions.map((expr, at) => ({
      record: `panel:${at}`,
      expr: expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$\w+/g, ".*"),
    }));
    // JSON is YAML as well
    const file = join(scratch, "rules.yml");
    await writeFile(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
    expect(await promtool(["check", "rules", file])).toContain(`${rules.length} rules found`);
  });
});
