import type { NativeBlobs } from "@aster/native";
import { operate } from "../quic/operation.ts";
import { checkTag } from "./tags.ts";

/** A blob in a collection. The name is text of the peer: it may be a path that leads anywhere. */
export interface CollectionEntry {
  readonly name: string;
  readonly hash: string;
}

/** Blobs with names, under one hash. */
export interface Collections {
  /** Stores a collection and returns its hash. Its tag keeps the blobs too. */
  add(entries: Iterable<CollectionEntry>, options?: { readonly tag?: string }): Promise<string>;
  /** Returns the entries of a collection. Fails with `"frame"` when the blob is not one. */
  entries(hash: string): Promise<CollectionEntry[]>;
}

export function collectionsOf(native: NativeBlobs): Collections {
  return {
    add: (entries, { tag } = {}) =>
      operate(() => native.addCollection([...entries], checkTag(tag))),
    entries: (hash) => operate(() => native.collection(hash)),
  };
}
