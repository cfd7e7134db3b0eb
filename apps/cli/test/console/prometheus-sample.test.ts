import { metrics } from "@aster/interceptors/metrics";
import { AsterClient, AsterConfig } from "@aster/rpc";
import { expect, test } from "vitest";
import { metricsOfText } from "../../src/console/prometheus-sample.ts";
import { Greeter } from "../examples/greeter.ts";
import { startExamples } from "../support/server.ts";

test("reads the counts and durations that a server publishes", async () => {
  const counted = metrics();
  await using server = await startExamples({
    healthPort: 0,
    interceptors: [counted],
    metrics: [counted],
  });
  const config = AsterConfig.of({});
  await using client = await AsterClient.connect(server.address, {
    config,
    identity: false,
    network: "none",
  });
  const greeter = client.client(Greeter);
  for (let made = 0; made < 3; made++) await greeter.sayHello({ name: "Ada" });
  await expect(greeter.sayHello({ name: "late" })).rejects.toThrow("later");
  const url = `http://127.0.0.1:${server.healthPort}/metrics/prometheus`;
  const read = async () => metricsOfText(await (await fetch(url)).text(), 7);
  await expect.poll(async () => (await read()).succeeded).toBe(3);
  const view = await read();
  expect(view).toMatchObject({ atMs: 7, started: 4, failed: 1, connections: 1, inFlight: 0 });
  expect(view.buckets.at(-1)).toEqual([Number.MAX_VALUE, 4]);
  expect(view.buckets.map(([upTo]) => upTo)).toEqual(
    view.buckets.map(([upTo]) => upTo).toSorted((a, b) => a - b),
  );
});

test("ignores other metrics, and series of clients", () => {
  const bucket = "aster_rpc_method_duration_seconds_bucket";
  const text = [
    "# HELP aster_rpc_started_total x",
    "process_cpu_seconds_total 4",
    'aster_rpc_completed_total{status="ok"} 2',
    `${bucket}{side="client",method="a,}\\"b",le="0.1"} 9`,
    `${bucket}{side="server",method="a,}\\"b",le="+Inf"} 3`,
  ].join("\n");
  expect(metricsOfText(text, 0)).toMatchObject({
    started: 0,
    succeeded: 2,
    buckets: [[Number.MAX_VALUE, 3]],
  });
});
