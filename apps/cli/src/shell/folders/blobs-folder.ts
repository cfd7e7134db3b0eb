import { blobsOf } from "@aster/transport/blobs";
import { contractBlobs } from "../../registry/contract-blobs.ts";
import type { ShellPeer } from "../shell-peer.ts";
import { type Folder, missing } from "./folder.ts";

const HASH = /^[0-9a-f]{64}$/;

/** `/blobs`: the blobs of the peer by hash. Those of the contracts in its registry are listed. */
export function blobsFolder(peer: ShellPeer): Folder {
  return {
    name: "blobs",
    note: "the blobs of the peer by hash; those of contracts are listed",
    async list([hash]) {
      if (hash !== undefined) {
        if (HASH.test(hash)) return undefined;
        throw missing(`/blobs/${hash}`, "", []);
      }
      const blobs = await contractBlobs(await peer.registry());
      return blobs.map(({ hash: name, bytes, name: of }) => {
        return { name, kind: "blob", note: `${bytes} bytes, ${of}` };
      });
    },
    async *read([hash = ""], signal) {
      const blobs = blobsOf(peer.client.node);
      await blobs.get({ hash, providers: [peer.address] }, { signal });
      yield* blobs.read(hash, { signal });
    },
  };
}
