import type { GroupSpec, OptionSpec } from "../command/spec.ts";
import { peerOptionSpecs } from "../peer/option-specs.ts";

const service: OptionSpec = {
  flags: "-s, --service <module>",
  text: "FILE:EXPORT of a TypeScript module; FILE for all its services",
  repeats: true,
};
const force: OptionSpec = { flags: "--force", text: "replace files" };
const source = "a manifest file, FILE:EXPORT of a module, or the address of a peer or registry";

export const contract: GroupSpec = {
  name: "contract",
  summary: "Contracts: manifests, comparison and generated clients",
  commands: [
    {
      name: "gen",
      summary: "Write the manifest of services",
      details:
        "Several services make a list. The manifest describes all types, for comparisons; --plain leaves out " +
        "those inside messages, which the Python package does not read.",
      options: [
        { ...service, required: true },
        { flags: "-o, --out <file>", text: "the manifest", default: ".aster/manifest.json" },
        { flags: "--semver <version>", text: "the version of the release" },
        { flags: "--plain", text: "write a manifest for the Python package" },
        force,
      ],
      examples: ["aster contract gen --service greeter.ts:Greeter --out greeter.json"],
      load: async () => (await import("./contract/gen.ts")).gen,
    },
    {
      name: "preview",
      summary: "Show services with their methods, fields and contract ids",
      options: [service, { flags: "--manifest <source>", text: source }, ...peerOptionSpecs],
      examples: [
        "aster contract preview --service greeter.ts:Greeter",
        "aster contract preview --manifest greeter.json --json",
      ],
      load: async () => (await import("./contract/preview.ts")).preview,
    },
    {
      name: "export",
      summary: "Write contracts in a form for others",
      details:
        "aster is the form that the Python package imports, SERVICE.aster.json. json-schema has the schemas of " +
        "every request, response and declared error, SERVICE.schema.json.",
      args: [{ name: "[source]", text: `${source} (default: .aster/manifest.json)` }],
      options: [
        { flags: "--manifest <file>", text: "the same as SOURCE" },
        {
          flags: "--format <format>",
          text: "the form",
          choices: ["aster", "json-schema"],
          default: "aster",
        },
        { flags: "-o, --out <dir>", text: "the folder (default: the current one)" },
        force,
        ...peerOptionSpecs,
      ],
      examples: [
        "aster contract export greeter.json --out exported",
        "aster contract export greeter.ts:Greeter --format json-schema --out exported",
      ],
      load: async () => (await import("./contract/export.ts")).exportContracts,
    },
    {
      name: "import",
      summary: "Keep an exported contract in the folder of the operator",
      args: [{ name: "<file>", text: "an export, SERVICE.aster.json" }],
      options: [force],
      examples: ["aster contract import exported/Greeter.aster.json"],
      load: async () => (await import("./contract/import.ts")).importContract,
    },
    {
      name: "verify",
      summary: "Check that an export has the contract id of a manifest",
      details: "Exit code 1 if it has not.",
      args: [{ name: "<file>", text: "an export, SERVICE.aster.json" }],
      options: [
        { flags: "--manifest <source>", text: source, default: ".aster/manifest.json" },
        ...peerOptionSpecs,
      ],
      examples: ["aster contract verify exported/Greeter.aster.json --manifest greeter.json"],
      load: async () => (await import("./contract/verify.ts")).verify,
    },
    {
      name: "diff",
      summary: "List the changes from one contract to another",
      details: "Exit code 1 if one of them is breaking.",
      args: [
        { name: "<before>", text: source },
        { name: "<after>", text: "the same" },
      ],
      options: peerOptionSpecs,
      examples: ["aster contract diff greeter.json greeter.ts:Greeter"],
      load: async () => (await import("./contract/diff.ts")).diff,
    },
    {
      name: "check",
      summary: "Check services against an earlier contract, for CI",
      details: "Exit code 1 if a change is breaking. In GitHub Actions it annotates the module.",
      options: [
        { ...service, required: true },
        { flags: "--against <source>", text: `the earlier contract: ${source}`, required: true },
        { flags: "--github", text: "annotate (default: where GITHUB_ACTIONS is true)" },
        ...peerOptionSpecs,
      ],
      examples: ["aster contract check --service greeter.ts:Greeter --against greeter.json"],
      load: async () => (await import("./contract/check.ts")).check,
    },
    {
      name: "gen-client",
      summary: "Generate a typed client",
      details:
        "TypeScript: index.ts with wire types and definitions, for client.client(Service) of @aster/rpc. Python: " +
        "__init__.py with dataclasses and a decorated class for each service, for aster-rpc.",
      args: [{ name: "<source>", text: source }],
      options: [
        {
          flags: "--lang <language>",
          text: "the language",
          choices: ["typescript", "python"],
          default: "typescript",
        },
        { flags: "-o, --out <dir>", text: "the folder of the client", required: true },
        force,
        ...peerOptionSpecs,
      ],
      examples: [
        "aster contract gen-client greeter.json --lang typescript --out client",
        "aster contract gen-client $ADDRESS --lang python --out greeter_client",
      ],
      load: async () => (await import("./contract/gen-client.ts")).genClient,
    },
  ],
};
