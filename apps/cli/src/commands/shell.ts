import type { CommandSpec } from "../command/spec.ts";
import { contractSpec, peerOptionSpecs } from "../peer/option-specs.ts";

export const shell: CommandSpec = {
  name: "shell",
  summary: "Explore a peer and call its methods, in a shell",
  details:
    "The services, blobs, documents and topics of the peer are folders: cd, ls, describe, cat and watch work on them, and " +
    "./METHOD calls a method. help lists the commands. On a terminal, Tab completes names and fields, Ctrl-C ends the " +
    "running call, and ASTER_HOME/shell_history keeps the lines that do not begin with a space. Otherwise the commands are the lines " +
    "of stdin; the exit code is that of the first one that failed, and the others run.",
  args: [
    {
      name: "[address]",
      text: "an aster1… ticket, a base64 node address, an endpoint id, or a registry: NAMESPACE@ADDRESS (default: ASTER_ENDPOINT_ADDR)",
    },
  ],
  options: [contractSpec, ...peerOptionSpecs],
  examples: [
    "echo 'ls /services' | aster shell $ADDRESS",
    `printf 'cd services/Greeter\\n./sayHello name=Ada\\n' | aster shell $ADDRESS --json`,
  ],
  load: async () => (await import("./shell/shell.ts")).shell,
};
