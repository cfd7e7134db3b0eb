import type { CommandSpec } from "../command/spec.ts";
import { peerOptionSpecs } from "../peer/option-specs.ts";

export const consoleSpec: CommandSpec = {
  name: "console",
  summary: "Explore, call and watch a peer in the browser",
  details:
    "The page is served on 127.0.0.1, and its link can be used once. It lists the services of the peer, has a form for each " +
    "method, shows replies, streams and sessions, and keeps a history whose calls can be copied as commands and as TypeScript. " +
    "The page makes no request to other machines. Ctrl-C ends the command, its calls and its sessions.",
  args: [
    {
      name: "[address]",
      text: "an aster1… ticket, a base64 node address or an endpoint id (default: entered in the page)",
    },
  ],
  options: [
    { flags: "--port <port>", text: "the port on 127.0.0.1 (default: a free one)" },
    { flags: "--no-open", text: "print the link and open no browser" },
    {
      flags: "--metrics <url>",
      text: "the health endpoint of the peer, for charts of all its calls",
    },
    {
      flags: "--contract <source>",
      text: "a manifest or FILE:EXPORT, for peers that do not describe their services",
    },
    ...peerOptionSpecs,
  ],
  examples: ["aster console $ADDRESS --no-open"],
  load: async () => (await import("./console/console.ts")).consoleCommand,
};
