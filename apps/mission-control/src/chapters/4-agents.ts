import { AsterClient, AsterServer, implement } from "@aster/rpc";
import { AgentSessionHandlers } from "../services/agent-session.ts";
import { AgentSession } from "../services/definitions.ts";

const left: string[] = [];
await using server = await AsterServer.start({
  services: [
    implement(
      AgentSession,
      (peer) => new AgentSessionHandlers(peer, ({ agentId }) => left.push(agentId)),
    ),
  ],
});
await using client = await AsterClient.connect(server.address);

// each session has handlers of its own
const trainer = await client.session(AgentSession);
await using edge = await client.session(AgentSession);
const gpu = await trainer.register({ agent_id: "trainer-1", capabilities: ["gpu"] });
const arm = await edge.register({ agent_id: "edge-node-7", capabilities: ["arm64"] });
console.log(`trainer-1: ${gpu.task_id}, edge-node-7: ${arm.task_id}`);
console.log((await trainer.heartbeat({ agent_id: "trainer-1", load_avg: 0.7 })).task_id);

// a bidirectional stream: the next command may depend on the result of the last one
const channel = edge.runCommand.open();
const commands = ["echo hello from $(expr 40 + 2)", "exit 3"];
await channel.send({ command: commands.shift() });
for await (const { stdout, exit_code } of channel) {
  console.log(`exit code ${exit_code} ${stdout.trim()}`.trim());
  if (commands.length > 0) await channel.send({ command: commands.shift() });
  else channel.end();
}

await trainer.close();
while (left.length === 0) await new Promise(setImmediate);
console.log(`${left[0]} has left`);
