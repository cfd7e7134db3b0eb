import { AsterClient, AsterServer, clientStream, defineService, implement } from "@aster/rpc";
import { IngestResult, MetricPoint } from "../services/messages.ts";

const Metrics = defineService(
  "MissionControl",
  {},
  {
    ingestMetrics: clientStream(MetricPoint, IngestResult, {
      maxClientStreamItems: Number.POSITIVE_INFINITY,
    }),
  },
);

const metrics = implement(Metrics, {
  async ingestMetrics(points) {
    let accepted = 0;
    let dropped = 0;
    for await (const { name } of points) {
      if (name === "") dropped += 1;
      else accepted += 1;
    }
    return { accepted, dropped };
  },
});

await using server = await AsterServer.start({ services: [metrics] });
await using client = await AsterClient.connect(server.address);

function* measurements(count: number) {
  for (let n = 0; n < count; n += 1) {
    yield { name: n % 1000 === 0 ? "" : "cpu.load", value: Math.sin(n), tags: { rack: "a7" } };
  }
}

const mission = client.client(Metrics);
const { accepted, dropped } = await mission.ingestMetrics(measurements(100_000));
console.log(`${accepted} points accepted, ${dropped} without a name dropped`);
