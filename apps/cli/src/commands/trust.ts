import type { GroupSpec } from "../command/spec.ts";

export const trust: GroupSpec = {
  name: "trust",
  summary: "Root keys, credentials and revocation, offline",
  commands: [
    {
      name: "keygen",
      summary: "Make a root key in a file",
      details: "Mode 0600, with the public key beside it. Profiles are not changed.",
      options: [
        { flags: "--out-key <file>", text: "the file for the root key", required: true },
        { flags: "--passphrase", text: "ask for a passphrase that encrypts the file" },
        { flags: "--force", text: "replace the files" },
      ],
      examples: ["aster trust keygen --out-key mesh.key"],
      load: async () => (await import("./trust/keygen.ts")).keygen,
    },
    {
      name: "sign",
      summary: "Sign a credential",
      details:
        "A credential without --endpoint-id, and each one-time token, can be used by any peer that has it.",
      options: [
        { flags: "--root-key <file>", text: "the root key (default: that of the profile)" },
        { flags: "-p, --profile <name>", text: "the profile with the root key" },
        {
          flags: "-t, --type <type>",
          text: "policy, ott (a one-time token), or producer, which needs --endpoint-id",
          choices: ["policy", "ott", "producer"],
          default: "policy",
        },
        { flags: "--endpoint-id <hex>", text: "the only endpoint that may present it" },
        { flags: "--attributes <json>", text: 'attributes, such as {"aster.role":"ops,logs"}' },
        { flags: "-e, --expires <when>", text: "30d, 24h or an ISO 8601 time (default: 30d)" },
        { flags: "-o, --out <file>", text: "the file for the credential", required: true },
        { flags: "--force", text: "replace the file" },
      ],
      examples: [
        `aster trust sign --root-key mesh.key --type policy --attributes '{"aster.role":"ops"}' --expires 24h --out ops.cred`,
      ],
      load: async () => (await import("./trust/sign.ts")).sign,
    },
    {
      name: "inspect",
      summary: "Show a credential, without checking it",
      args: [{ name: "<file>", text: "a credential, or an identity file" }],
      options: [{ flags: "--peer <name>", text: "the entry of an identity file" }],
      examples: ["aster trust inspect ops.cred"],
      load: async () => (await import("./trust/inspect.ts")).inspect,
    },
    {
      name: "verify",
      summary: "Check that a root key signed a credential, and that it has not expired",
      details: "Exit code 1 if it is not valid.",
      args: [{ name: "<file>", text: "a credential, or an identity file" }],
      options: [
        {
          flags: "--root-pub <key>",
          text: "the trusted public key: a file or 64 hex characters",
          required: true,
        },
        { flags: "--endpoint-id <hex>", text: "the endpoint that would present it" },
        { flags: "--peer <name>", text: "the entry of an identity file" },
      ],
      examples: ["aster trust verify ops.cred --root-pub mesh.pub"],
      load: async () => (await import("./trust/verify.ts")).verify,
    },
    {
      name: "revoke",
      summary: "Add endpoints to a revocation list",
      details: "The list is made if it is not there. Servers take it in place of the list before.",
      options: [
        {
          flags: "--endpoint-id <hex>",
          text: "the endpoint to revoke",
          required: true,
          repeats: true,
        },
        { flags: "--root-key <file>", text: "the root key (default: that of the profile)" },
        { flags: "-p, --profile <name>", text: "the profile with the root key" },
        { flags: "--list <file>", text: "the revocation list", required: true },
      ],
      examples: [
        `aster trust revoke --endpoint-id ${"d7".repeat(32)} --root-key mesh.key --list revoked.json`,
      ],
      load: async () => (await import("./trust/revoke.ts")).revoke,
    },
  ],
};
