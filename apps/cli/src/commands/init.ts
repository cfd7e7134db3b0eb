import type { CommandSpec } from "../command/spec.ts";
import { TEMPLATES } from "../init/template.ts";

export const init: CommandSpec = {
  name: "init",
  summary: "Make a project with a service",
  details:
    "hello is a service and a client. service adds sessions, declared errors and a health endpoint. mesh adds a root key, " +
    "identities, roles and a registry. Each has a test. The commands that build and start the project are printed. The folder must be empty " +
    "or not exist.",
  args: [{ name: "<dir>", text: "the folder of the project" }],
  options: [
    {
      flags: "-t, --template <template>",
      text: "the kind of project",
      choices: TEMPLATES,
      default: "hello",
    },
    {
      flags: "--packages <dir>",
      text: "a folder with tarballs of the packages (default: the npm registry; in a clone of the repository, its packages are linked)",
    },
  ],
  examples: ["aster init hello", "aster init sensors --template mesh --json"],
  load: async () => (await import("./init/init.ts")).init,
};
