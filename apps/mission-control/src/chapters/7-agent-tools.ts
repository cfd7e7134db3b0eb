import { fileURLToPath } from "node:url";
import { AsterServer, implement } from "@aster/rpc";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { MissionControl } from "../services/definitions.ts";
import { MissionControlHandlers } from "../services/mission-control.ts";

await using server = await AsterServer.start({
  services: [implement(MissionControl, new MissionControlHandlers())],
});

// what a desktop client does with its configuration: it starts the command and talks to it
const agent = new Client({ name: "chapter-7", version: "1.0.0" });
await agent.connect(
  new StdioClientTransport({
    command: "npm",
    args: ["run", "--silent", "aster", "--", "mcp", server.address, "--deny", "*.submitLog"],
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
    env: process.env as Record<string, string>,
  }),
);
const { tools } = await agent.listTools();
console.log("tools:", tools.map(({ name }) => name).join(", "));
const { content } = await agent.callTool({
  name: "MissionControl_getStatus",
  arguments: { agent_id: "edge-node-7" },
});
console.log("reply:", (content as { text: string }[])[0]?.text);
await agent.close();
