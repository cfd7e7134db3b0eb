import { AsterClient, AsterServer, type Infer, rpc, service, wireType } from "@aster/rpc";
import { z } from "zod";

const StatusRequest = wireType("mission/StatusRequest", { agent_id: z.string().default("") });
const StatusResponse = wireType("mission/StatusResponse", {
  agent_id: z.string().default(""),
  status: z.string().default("idle"),
  uptime_secs: z.int().default(0),
});

@service("MissionControl")
class MissionControl {
  @rpc(StatusRequest, StatusResponse)
  async getStatus({ agent_id }: Infer<typeof StatusRequest>) {
    return { agent_id, status: "running", uptime_secs: 3600 };
  }
}

await using server = await AsterServer.start({ services: [new MissionControl()] });
await using client = await AsterClient.connect(server.address);

const mission = client.client(MissionControl);
const reply = await mission.getStatus({ agent_id: "edge-node-7" });
console.log(`${reply.agent_id} is ${reply.status}, up for ${reply.uptime_secs} s`);
