import type { NativeBlobs } from "@aster/native";
import { wrongOption } from "../option.ts";
import { operate } from "../quic/operation.ts";
import type { BlobFormat } from "./blobs.ts";

/** A name that keeps a blob, or a collection and its blobs. */
export interface Tag {
  readonly name: string;
  readonly hash: string;
  readonly format: BlobFormat;
}

/** The tags of a store. */
export interface Tags {
  /** Sets a tag, in place of one of the same name. The blob may arrive later. */
  set(name: string, hash: string, options?: { readonly format?: BlobFormat }): Promise<void>;
  get(name: string): Promise<Tag | undefined>;
  /** Deletes a tag. Returns false when there was none. */
  delete(name: string): Promise<boolean>;
  list(options?: { readonly prefix?: string }): AsyncGenerator<Tag, void, undefined>;
}

export function tagsOf(native: NativeBlobs): Tags {
  return {
    set: (name, hash, { format = "raw" } = {}) =>
      operate(() => native.setTag({ name, hash, collection: format === "collection" })),
    get: async (name) => {
      const tag = await operate(() => native.tag(name));
      return tag === null ? undefined : tagOf(tag);
    },
    delete: (name) => operate(() => native.deleteTag(name)),
    async *list({ prefix = "" } = {}) {
      const pages = native.listTags(prefix);
      for (;;) {
        const page = await operate(() => pages.next());
        if (page.length === 0) return;
        yield* page.map(tagOf);
      }
    },
  };
}

function tagOf(tag: { name: string; hash: string; collection: boolean }): Tag {
  return { name: tag.name, hash: tag.hash, format: tag.collection ? "collection" : "raw" };
}

/** Throws a `TransportError` `"option"` unless `tag` is a name. */
export function checkTag(tag: string | undefined): string | undefined {
  if (tag === undefined || (typeof tag === "string" && tag !== "")) return tag;
  throw wrongOption("tag", "a text that is not empty", tag);
}
