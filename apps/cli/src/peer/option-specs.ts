import type { OptionSpec } from "../command/spec.ts";

/** The options of commands that connect to a peer. */
export const peerOptionSpecs: readonly OptionSpec[] = [
  {
    flags: "--credential <file>",
    text: "the credential to present: a credential or identity file",
  },
  { flags: "--rcan <file>", text: "the same as --credential" },
  { flags: "--identity <file>", text: "an identity file: the key of this node and its credential" },
  { flags: "--peer <name>", text: "the entry of the identity file" },
];

/** The option of commands that use the contracts of a peer. */
export const contractSpec: OptionSpec = {
  flags: "--contract <source>",
  text: "a manifest or FILE:EXPORT, for peers that do not describe their services",
};
