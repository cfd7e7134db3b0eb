// Blobs of a node: content of any size, named by its hash.

export type {
  AddOptions,
  BlobContent,
  BlobEntry,
  BlobFormat,
  BlobSource,
  BlobStatus,
  Blobs,
  GetOptions,
  ReadOptions,
} from "./blobs/blobs.ts";
export { blobsOf } from "./blobs/blobs.ts";
export type { CollectionEntry, Collections } from "./blobs/collections.ts";
export type { Tag, Tags } from "./blobs/tags.ts";
export type { BlobTicket } from "./blobs/ticket.ts";
export type { Transfer, TransferProgress, Transferred } from "./blobs/transfer.ts";
