import type { NativeDocQuery } from "@aster/native";
import { TransportError } from "../error.ts";
import { checkWholeNumber, wrongOption } from "../option.ts";
import { type AuthorId, checkAuthor } from "./authors.ts";
import { bytesOf, type DocKey } from "./key.ts";

/** A selection of entries. Without any property: all of them, by key and then by author. */
export interface DocQuery {
  readonly author?: AuthorId | undefined;
  /** Entries under this key. Not together with `prefix`. */
  readonly key?: DocKey | undefined;
  /** Entries whose keys start with this. */
  readonly prefix?: DocKey | undefined;
  /** Only the latest entry of each key. Default: the entries of all authors. */
  readonly latest?: boolean | undefined;
  /** By key and then by author, or by author and then by key. Default: `"key"`. */
  readonly sortBy?: "key" | "author" | undefined;
  readonly direction?: "ascending" | "descending" | undefined;
  /** The number of entries to skip. Default: 0. */
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  /** Yields deletions too. Default: false. */
  readonly includeDeleted?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function nativeQuery(query: DocQuery): NativeDocQuery {
  const { author, key, prefix, latest = false, sortBy = "key", direction = "ascending" } = query;
  const { offset = 0, limit, includeDeleted = false } = query;
  if (key !== undefined && prefix !== undefined) {
    throw new TransportError("option", "options key and prefix cannot be used together");
  }
  if (sortBy !== "key" && sortBy !== "author") {
    throw wrongOption("sortBy", '"key" or "author"', sortBy);
  }
  if (latest && sortBy === "author") {
    throw new TransportError("option", 'option sortBy: "author" cannot be used with latest');
  }
  if (direction !== "ascending" && direction !== "descending") {
    throw wrongOption("direction", '"ascending" or "descending"', direction);
  }
  checkWholeNumber("offset", offset, 0, Number.MAX_SAFE_INTEGER);
  if (limit !== undefined) checkWholeNumber("limit", limit, 0, Number.MAX_SAFE_INTEGER);
  return {
    ...(author === undefined ? {} : { author: checkAuthor(author) }),
    ...(key === undefined ? {} : { key: bytesOf("key", key) }),
    ...(prefix === undefined ? {} : { prefix: bytesOf("prefix", prefix) }),
    ...(limit === undefined ? {} : { limit }),
    latest,
    byAuthor: sortBy === "author",
    descending: direction === "descending",
    offset,
    includeDeleted,
  };
}
