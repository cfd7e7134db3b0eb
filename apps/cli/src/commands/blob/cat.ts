import { once } from "node:events";
import { blobsOf } from "@aster/transport/blobs";
import type { Run } from "../../command/spec.ts";
import { peerOptionsOf } from "../../peer/options.ts";
import { withBlob } from "../../registry/blob.ts";

export const cat: Run = async (context, { args: [peer = "", hash = ""], options }) => {
  const { stdout } = context.host;
  await withBlob(context, peer, hash, peerOptionsOf(options), async (node) => {
    for await (const piece of blobsOf(node).read(hash)) {
      if (!stdout.write(piece)) await once(stdout, "drain");
    }
  });
  return 0;
};
