import type { CommandSpec } from "../command/spec.ts";

export const relay: CommandSpec = {
  name: "relay",
  summary: "Run a relay for development",
  details:
    "Nodes that cannot reach each other exchange packets through it: pass its URL as --relay, or in ASTER_RELAY_URLS. " +
    "It uses HTTP without TLS and everyone may use it. In production, run the program iroh-relay.",
  options: [
    { flags: "--bind <ip:port>", text: "the address; port 0 is any", default: "127.0.0.1:3340" },
    { flags: "--for-ms <n>", text: "the time to run (default: until it is interrupted)" },
  ],
  examples: ["aster relay --bind 127.0.0.1:0 --for-ms 200"],
  load: async () => (await import("./relay/run.ts")).run,
};
