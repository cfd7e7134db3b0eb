// The metrics of a running server, as Prometheus reads them.
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from "@aster/rpc/metrics";
import { describe, expect, test, vi } from "vitest";
import { metrics } from "../src/metrics.ts";
import { fakeCall } from "./fake-call.ts";
import { promtool, withoutPromtool } from "./promtool.ts";
import { scrapedServer } from "./scraped-server.ts";

const samples = (text: string): string[] =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

test("writes the counts of each method and side", async () => {
  vi.useFakeTimers();
  try {
    const counted = metrics();
    for (const durationMs of [0, 3, 20_000]) {
      await counted(fakeCall(), async () => vi.advanceTimersByTime(durationMs));
    }
    void counted(fakeCall({ side: "server" }), () => new Promise(() => {}));
    const lines = samples(prometheusText([counted]));
    const client = 'side="client",service="Echo",method="say"';
    const server = 'side="server",service="Echo",method="say"';
    expect(lines.filter((line) => !line.includes("_bucket"))).toEqual([
      `aster_rpc_method_started_total{${client}} 3`,
      `aster_rpc_method_started_total{${server}} 1`,
      `aster_rpc_method_completed_total{${client},status="OK"} 3`,
      `aster_rpc_method_in_flight{${client}} 0`,
      `aster_rpc_method_in_flight{${server}} 1`,
      `aster_rpc_method_duration_seconds_sum{${client}} 20.003`,
      `aster_rpc_method_duration_seconds_count{${client}} 3`,
      `aster_rpc_method_duration_seconds_sum{${server}} 0`,
      `aster_rpc_method_duration_seconds_count{${server}} 0`,
      `aster_rpc_method_messages_total{${client},direction="request"} 3`,
      `aster_rpc_method_messages_total{${client},direction="response"} 3`,
      `aster_rpc_method_messages_total{${server},direction="request"} 0`,
      `aster_rpc_method_messages_total{${server},direction="response"} 0`,
    ]);
    const buckets = lines.filter((line) => line.includes(`_bucket{${client}`));
    expect(buckets).toHaveLength(14);
    expect(buckets).toContain(`aster_rpc_method_duration_seconds_bucket{${client},le="0.001"} 1`);
    expect(buckets).toContain(`aster_rpc_method_duration_seconds_bucket{${client},le="0.005"} 2`);
    expect(buckets).toContain(`aster_rpc_method_duration_seconds_bucket{${client},le="10"} 2`);
    expect(buckets).toContain(`aster_rpc_method_duration_seconds_bucket{${client},le="+Inf"} 3`);
  } finally {
    vi.useRealTimers();
  }
});

test("bounds the number of series, and escapes and cuts names", async () => {
  const counted = metrics({ maxMethods: 10 });
  const hostile = '"} 1\naster_healthy 0\n# TYPE x\\';
  for (let n = 0; n < 1_000; n++) {
    const names = { service: `${hostile}${n}`, method: "m".repeat(100_000) };
    await counted(fakeCall(names), async () => undefined);
  }
  const text = prometheusText([counted]);
  expect(text.length).toBeLessThan(200_000);
  for (const line of samples(text)) {
    expect(line).toMatch(/^aster_rpc_method_\w+\{side="client",service="(other|[^\n]+)",method=/);
  }
  expect(text.match(/^aster_rpc_method_started_total/gm)).toHaveLength(11);
  expect(text).toContain('service="other",method="other"} 990\n');
});

describe.each(["memory", "quic"] as const)("a server over %s", (transport) => {
  test.skipIf(withoutPromtool)("has metrics that promtool accepts, also under load", async () => {
    await using server = await scrapedServer(transport);
    const scrape = async (): Promise<string> => {
      const response = await server.scrape();
      expect(response.headers.get("content-type")).toBe(PROMETHEUS_CONTENT_TYPE);
      return response.text();
    };
    expect(await promtool(["check", "metrics"], { input: await scrape() })).toBe("");
    const left = new AbortController();
    const waiting = server.wait(left.signal).catch(() => {});
    const load = Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        if (n % 10 === 0) await server.list("b");
        else await server.find(n % 7 === 0 ? "none" : "c").catch(() => {});
      }),
    );
    const busy = await scrape();
    await load;
    await expect.poll(() => server.running(), { timeout: 10_000 }).toBe(1);
    for (const text of [busy, await scrape()]) {
      expect(await promtool(["check", "metrics"], { input: text })).toBe("");
    }
    const lines = samples(await scrape());
    const series = lines.map((line) => line.slice(0, line.lastIndexOf(" ")));
    expect(new Set(series).size).toBe(series.length);
    const find = 'service="Shop",method="find"';
    for (const side of ["client", "server"]) {
      expect(lines).toContain(`aster_rpc_method_started_total{side="${side}",${find}} 180`);
      expect(lines).toContain(
        `aster_rpc_method_in_flight{side="${side}",service="Shop",method="wait"} 1`,
      );
    }
    left.abort();
    await waiting;
  });
});

test.skipIf(withoutPromtool)("promtool refuses text that is not valid", async () => {
  await expect(promtool(["check", "metrics"], { input: "a b c\n" })).rejects.toThrow(/error/i);
});
