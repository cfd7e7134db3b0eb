import {
  AsterClient,
  AsterServer,
  createBroadcast,
  defineService,
  type Infer,
  implement,
  serverStream,
  unary,
} from "@aster/rpc";
import { LogEntry, SubmitLogResult, TailRequest } from "../services/messages.ts";

const Logs = defineService(
  "MissionControl",
  {},
  { submitLog: unary(LogEntry, SubmitLogResult), tailLogs: serverStream(TailRequest, LogEntry) },
);

const levels = ["debug", "info", "warn", "error"];
const log = createBroadcast<Infer<typeof LogEntry>>({ capacity: 10_000 });
const logs = implement(Logs, {
  submitLog(entry) {
    void log.publish(entry);
    return { accepted: true };
  },
  async *tailLogs({ agent_id, level }) {
    for await (const entry of log.subscribe()) {
      if (agent_id !== "" && agent_id !== entry.agent_id) continue;
      if (levels.indexOf(entry.level) >= levels.indexOf(level)) yield entry;
    }
  },
});

await using server = await AsterServer.start({ services: [logs] });
await using client = await AsterClient.connect(server.address);
const mission = client.client(Logs);

const tail = mission.tailLogs({ agent_id: "edge-node-7", level: "warn" });
while (log.size === 0) await new Promise(setImmediate); // the tail has reached the server

await mission.submitLog({ agent_id: "edge-node-7", level: "info", message: "link is up" });
await mission.submitLog({ agent_id: "edge-node-9", level: "error", message: "out of disk" });
await mission.submitLog({ agent_id: "edge-node-7", level: "warn", message: "81 °C" });
await mission.submitLog({ agent_id: "edge-node-7", level: "error", message: "97 °C" });
for await (const { level, message } of tail) {
  console.log(level, message);
  if (level === "error") break; // leaving the loop ends the call
}
while (log.size > 0) await new Promise(setImmediate); // and its handler
console.log("no tail is left");
