import type { GroupSpec } from "../command/spec.ts";

export const enroll: GroupSpec = {
  name: "enroll",
  summary: "Credentials for nodes",
  commands: [
    {
      name: "node",
      summary: "Make the identity file of a node, or add an entry to it",
      details:
        "The file contains the key of the node and what root keys signed for it, mode 0600. An existing file " +
        "keeps its key and its other entries.",
      options: [
        {
          flags: "-r, --role <role>",
          text: "consumer (a client) or producer (a server)",
          choices: ["consumer", "producer"],
          required: true,
        },
        { flags: "-n, --name <name>", text: "the name of the entry", required: true },
        {
          flags: "-c, --capabilities <list>",
          text: "capabilities, such as status,logs (default: the role)",
        },
        { flags: "-a, --attributes <list>", text: "further attributes, such as team=blue,site=7" },
        {
          flags: "-t, --type <type>",
          text: "policy, or ott for a one-time token",
          choices: ["policy", "ott"],
          default: "policy",
        },
        { flags: "-e, --expires <when>", text: "30d, 24h or an ISO 8601 time (default: 30d)" },
        { flags: "--root-key <file>", text: "the root key (default: that of the profile)" },
        { flags: "-p, --profile <name>", text: "the profile with the root key" },
        { flags: "--signer <signer>", text: "the signer", choices: ["local"], default: "local" },
        { flags: "-i, --identity <file>", text: "an identity file to add the entry to" },
        { flags: "-o, --out <file>", text: "the identity file (default: .aster-identity)" },
        { flags: "-q, --quiet", text: "print one line: path, endpoint id and end" },
        { flags: "--force", text: "replace an entry of the same name" },
      ],
      examples: [
        "aster enroll node --role consumer --name edge --capabilities status,ingest --root-key mesh.key --out edge.identity",
      ],
      load: async () => (await import("./enroll/node.ts")).node,
    },
  ],
};
