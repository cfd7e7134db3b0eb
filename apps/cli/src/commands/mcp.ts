import type { CommandSpec } from "../command/spec.ts";
import { contractSpec, peerOptionSpecs } from "../peer/option-specs.ts";

export const mcp: CommandSpec = {
  name: "mcp",
  summary: "Offer the methods of a peer to AI agents, as an MCP server",
  details:
    "The server speaks MCP on stdin and stdout, or on loopback with --http. Its tools are the methods that the presented " +
    "credential may call, named Service_method. Globs match Service.method. A stream ends after max_items (default 100) " +
    "or max_seconds (default 10) and returns a list. Sessions have the tools Service_open and Service_close, and their methods take " +
    "session_id. A call that needs a confirmation is refused where the client cannot ask its user.",
  args: [
    {
      name: "<address>",
      text: "an aster1… ticket, a base64 node address or an endpoint id; of a registry, NAMESPACE@ADDRESS, the peer with that address",
    },
  ],
  options: [
    { flags: "--allow <glob>", text: "offer these methods only", repeats: true },
    { flags: "--deny <glob>", text: "do not offer these methods", repeats: true },
    { flags: "--confirm <glob>", text: "ask the user before each call", repeats: true },
    { flags: "--rate <calls>", text: "the calls of each tool in a minute", default: "600" },
    { flags: "--audit <file>", text: "append a line of JSON for each call; no messages are in it" },
    contractSpec,
    { flags: "--http", text: "serve streamable HTTP on 127.0.0.1 and print the URL" },
    { flags: "--port <port>", text: "the port of --http (default: a free one)" },
    {
      flags: "--token-file <file>",
      text: "the bearer token of --http; written if it is missing (default: a new token is printed)",
    },
    ...peerOptionSpecs,
  ],
  examples: [
    "aster mcp $ADDRESS",
    `aster mcp $ADDRESS --allow 'Greeter.*' --deny Greeter.add --confirm Greeter.sayHello`,
  ],
  load: async () => (await import("./mcp/mcp.ts")).mcp,
};
