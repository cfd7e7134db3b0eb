import type { GroupSpec } from "../command/spec.ts";

export const config: GroupSpec = {
  name: "config",
  summary: "The configuration of servers and clients",
  commands: [
    {
      name: "show",
      summary: "Show every setting with its source",
      details: "Secrets are masked.",
      options: [{ flags: "--file <file>", text: "the file (default: aster.toml, if it is there)" }],
      examples: ["aster config show"],
      load: async () => (await import("./config/show.ts")).show,
    },
  ],
};
