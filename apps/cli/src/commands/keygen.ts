import type { GroupSpec } from "../command/spec.ts";

export const keygen: GroupSpec = {
  name: "keygen",
  summary: "New keys",
  commands: [
    {
      name: "root",
      summary: "Make the root key of a profile",
      details:
        "The key goes into the keyring of the operating system, and the public key into the profile. " +
        "With --out the key goes into a file instead, mode 0600, with the public key beside it; then a " +
        "profile is changed only if --profile names it. ASTER_PASSPHRASE_FILE or --passphrase encrypts the file.",
      options: [
        { flags: "-o, --out <file>", text: "write the key into this file, not into the keyring" },
        { flags: "--key-file <file>", text: "the same as --out" },
        { flags: "-p, --profile <name>", text: "the profile; it is made if it is not there" },
        { flags: "--passphrase", text: "ask for a passphrase that encrypts the file" },
        { flags: "--force", text: "replace the root key of the profile, and the files" },
      ],
      examples: ["aster keygen root --out root.key --profile prod"],
      load: async () => (await import("./keygen/root.ts")).root,
    },
    {
      name: "producer",
      summary: "Make the key of a node",
      details: "`aster enroll node` makes a node key by itself.",
      options: [
        { flags: "-o, --out <file>", text: "the file for the key", required: true },
        { flags: "--passphrase", text: "ask for a passphrase that encrypts the file" },
        { flags: "--force", text: "replace the file" },
      ],
      examples: ["aster keygen producer --out node.key"],
      load: async () => (await import("./keygen/producer.ts")).producer,
    },
  ],
};
