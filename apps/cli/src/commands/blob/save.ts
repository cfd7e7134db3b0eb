import { existsSync } from "node:fs";
import { blobsOf } from "@aster/transport/blobs";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { peerOptionsOf } from "../../peer/options.ts";
import { withBlob } from "../../registry/blob.ts";

export const save: Run = async (context, { args: [peer = "", hash = "", path = ""], options }) => {
  const file = context.path(path);
  if (existsSync(file) && options.force !== true) {
    const hint = "choose another path, or --force";
    throw usageFailure(`there is a file already: ${file}`, hint, "file.exists");
  }
  await withBlob(context, peer, hash, peerOptionsOf(options), async (node, bytes) => {
    await blobsOf(node).export(hash, file, { signal: context.host.interrupted });
    context.result({ file, bytes }, `${bytes} bytes in ${file}`);
  });
  return 0;
};
