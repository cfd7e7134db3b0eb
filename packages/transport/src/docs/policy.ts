import type { NativeDownloadPolicy } from "@aster/native";
import { wrongOption } from "../option.ts";
import { bytesOf, type DocKey } from "./key.ts";

/** A filter of keys: one key, or all keys that start with some bytes. */
export type KeyFilter = { readonly exact: DocKey } | { readonly prefix: DocKey };

/** The choice of entries whose contents a node downloads. Entries themselves always arrive. */
export interface DownloadPolicy {
  readonly download: "everything" | "nothing";
  /** The keys to which the opposite applies. Default: none. */
  readonly except?: readonly KeyFilter[] | undefined;
}

export function nativePolicy({ download, except = [] }: DownloadPolicy): NativeDownloadPolicy {
  if (download !== "everything" && download !== "nothing") {
    throw wrongOption("download", '"everything" or "nothing"', download);
  }
  return { everything: download === "everything", except: except.map(nativeFilter) };
}

function nativeFilter(filter: KeyFilter): NativeDownloadPolicy["except"][number] {
  return "exact" in filter
    ? { key: bytesOf("exact", filter.exact), exact: true }
    : { key: bytesOf("prefix", filter.prefix), exact: false };
}

export function policyOf({ everything, except }: NativeDownloadPolicy): DownloadPolicy {
  return {
    download: everything ? "everything" : "nothing",
    except: except.map(({ key, exact }) => (exact ? { exact: key } : { prefix: key })),
  };
}
