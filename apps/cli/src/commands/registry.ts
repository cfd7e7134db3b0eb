import type { GroupSpec, OptionSpec } from "../command/spec.ts";
import { peerOptionSpecs } from "../peer/option-specs.ts";

const place: readonly OptionSpec[] = [
  { flags: "--namespace <hex>", text: "the id of the registry", required: true },
  { flags: "--peer <address>", text: "the address of a node that has it", required: true },
];
// --peer is the address of a node here
const presented = peerOptionSpecs.filter(({ flags }) => !flags.startsWith("--peer "));
const store: OptionSpec = {
  flags: "--store <dir>",
  text: "the store of a server that is stopped",
  required: true,
};

export const registry: GroupSpec = {
  name: "registry",
  summary: "Registries: the producers of services and their contracts",
  commands: [
    {
      name: "publish",
      summary: "Publish contracts in the registry of a store",
      details: "Makes the store if it does not exist.",
      options: [
        { flags: "-s, --service <file:export>", text: "a service", repeats: true, required: true },
        { ...store, text: "the store, which no server uses at the time" },
        { flags: "--channel <name>", text: "a channel that refers to them", repeats: true },
        { flags: "--tag <name>", text: "a tag that refers to them", repeats: true },
      ],
      examples: ["aster registry publish --service greeter.ts:Greeter --store store"],
      load: async () => (await import("./registry/publish.ts")).publish,
    },
    {
      name: "resolve",
      summary: "Find the producers of a service, the best first",
      details:
        "NOT_FOUND if the registry does not know the service, UNAVAILABLE if no producer can take calls.",
      options: [
        ...place,
        { flags: "-s, --service <name>", text: "the service", required: true },
        { flags: "--version <n>", text: "the contract of this version (default: the highest)" },
        { flags: "--channel <name>", text: "the contract of this channel" },
        { flags: "--tag <name>", text: "the contract of this tag" },
        { flags: "--contract <hex>", text: "this contract" },
        {
          flags: "--strategy <strategy>",
          text: "the order of producers with equal health",
          choices: ["round_robin", "least_load", "random", "lowest_rtt"],
          default: "round_robin",
        },
        { flags: "--wait-ms <n>", text: "the time to wait for a producer", default: "0" },
        ...presented,
      ],
      examples: [
        "aster registry resolve --namespace $NAMESPACE --peer $ADDRESS --service Greeter --json",
      ],
      load: async () => (await import("./registry/resolve.ts")).resolve,
    },
    {
      name: "watch",
      summary: "Print the entries of a registry, then its changes",
      options: [
        ...place,
        { flags: "-s, --service <name>", text: "only the entries of this service" },
        { flags: "--for-ms <n>", text: "the time to watch (default: until it is interrupted)" },
        ...presented,
      ],
      examples: ["aster registry watch --namespace $NAMESPACE --peer $ADDRESS --for-ms 200"],
      load: async () => (await import("./registry/watch.ts")).watch,
    },
    {
      name: "manifest",
      summary: "Print the manifest of a contract, checked against its bytes",
      options: [
        ...place,
        { flags: "--contract <hex>", text: "the contract", required: true },
        ...presented,
      ],
      examples: [
        "aster registry manifest --namespace $NAMESPACE --peer $ADDRESS --contract $CONTRACT",
      ],
      load: async () => (await import("./registry/manifest.ts")).manifest,
    },
    {
      name: "acl",
      summary: "Set or show the writers of the registry in a store",
      details: "The owner of the registry is always a writer.",
      options: [
        store,
        { flags: "--writer <hex>", text: "the id of an author", repeats: true },
        { flags: "--show", text: "show the writers" },
      ],
      examples: ["aster registry acl --store store --show"],
      load: async () => (await import("./registry/acl.ts")).acl,
    },
  ],
};
