import type { GroupSpec } from "../command/spec.ts";
import { peerOptionSpecs } from "../peer/option-specs.ts";

const peer = { name: "<peer>", text: "the address of a node or of a registry" };
const hash = { name: "<hash>", text: "the hash of the blob" };

export const blob: GroupSpec = {
  name: "blob",
  summary: "Blobs of a peer: content that is named by its hash",
  commands: [
    {
      name: "ls",
      summary: "List the blobs of the contracts in a registry",
      details:
        "Other blobs of a node cannot be listed. The hash of such a blob is its contract id.",
      args: [{ name: "<peer>", text: "the address of a registry, NAMESPACE@ADDRESS" }],
      options: peerOptionSpecs,
      examples: ["aster blob ls $NAMESPACE@$ADDRESS"],
      load: async () => (await import("./blob/ls.ts")).ls,
    },
    {
      name: "cat",
      summary: "Write a blob to stdout",
      args: [peer, hash],
      options: peerOptionSpecs,
      examples: ["aster blob cat $ADDRESS $CONTRACT"],
      load: async () => (await import("./blob/cat.ts")).cat,
    },
    {
      name: "save",
      summary: "Save a blob in a file",
      args: [peer, hash, { name: "<path>", text: "the file" }],
      options: [{ flags: "--force", text: "replace a file that is there" }, ...peerOptionSpecs],
      examples: ["aster blob save $ADDRESS $CONTRACT contract.bin"],
      load: async () => (await import("./blob/save.ts")).save,
    },
  ],
};
