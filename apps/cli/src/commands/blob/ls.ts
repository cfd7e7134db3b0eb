import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { columns } from "../../output/table.ts";
import { peerOptionsOf } from "../../peer/options.ts";
import { contractBlobs } from "../../registry/contract-blobs.ts";
import { withRegistry } from "../../registry/open.ts";
import { isRegistryAddress } from "../../registry/registry-text.ts";

export const ls: Run = async (context, { args: [peer = ""], options }) => {
  if (!isRegistryAddress(peer)) {
    throw usageFailure(`${peer} is not the address of a registry`, "name NAMESPACE@ADDRESS");
  }
  await withRegistry(context, peer, peerOptionsOf(options), async (registry) => {
    const blobs = await contractBlobs(registry);
    context.result({ blobs }, () =>
      blobs.length === 0
        ? "the registry has no contract"
        : columns(blobs.map(({ hash, bytes, name }) => [hash, String(bytes), name])),
    );
  });
  return 0;
};
