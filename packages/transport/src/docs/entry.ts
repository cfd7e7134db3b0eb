import type { NativeDocEntry } from "@aster/native";
import type { AuthorId } from "./authors.ts";

/** The entry of an author under a key. Its content is a blob, which may not be there yet. */
export interface DocEntry {
  readonly key: Uint8Array;
  /** The key as UTF-8, with replacement characters for other bytes. */
  readonly keyText: string;
  readonly author: AuthorId;
  /** The hash of the content, for `blobsOf(node)`. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** Microseconds since 1970, by the clock of the author. */
  readonly timestampMicros: number;
  /** The author deleted the entries whose keys start with this key. There is no content. */
  readonly deleted: boolean;
}

const decoder = new TextDecoder();

export function entryOf(native: NativeDocEntry): DocEntry {
  const { key, author, hash, sizeBytes, timestampMicros } = native;
  const keyText = decoder.decode(key);
  return { key, keyText, author, hash, sizeBytes, timestampMicros, deleted: sizeBytes === 0 };
}
