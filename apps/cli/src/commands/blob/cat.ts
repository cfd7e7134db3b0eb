import { once } from "node:events";
import { blobsOf } from "@aster/transport/blobs";
import type { Run } from "../../command/spec.ts";
import { withBlob } from "../../registry/blob.ts";

export const cat: Run = async (context, { args: [peer = "", hash = ""] }) => {
  const { stdout } = context.host;
  await withBlob(context, peer, hash, async (node) => {
    for await (const piece of blobsOf(node).read(hash)) {
      if (!stdout.write(piece)) await once(stdout, "drain");
    }
  });
  return 0;
};
