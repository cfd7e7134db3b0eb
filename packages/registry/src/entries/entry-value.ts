import { RegistryError } from "../error.ts";
import { type ArtifactRef, parseArtifactRef } from "./artifact-ref.ts";
import { parseAuthorList } from "./author-list.ts";
import type { RegistryKey } from "./keys.ts";
import { type EndpointLease, parseLease } from "./lease.ts";

/** The checked value of an entry. */
export type EntryValue =
  | { readonly kind: "contract"; readonly ref: ArtifactRef }
  | { readonly kind: "pointer"; readonly contractId: string }
  /** `lease` is `undefined` once the endpoint has withdrawn it. */
  | { readonly kind: "lease"; readonly lease: EndpointLease | undefined }
  | { readonly kind: "authors"; readonly authors: readonly string[] }
  /** A value that is read when it is needed. */
  | { readonly kind: "unread" };

const MAX_RECORD_BYTES = 65_536;
/** More than 10 000 author ids have. */
const MAX_AUTHOR_LIST_BYTES = 1_048_576;
const MAX_MANIFEST_BYTES = 4_194_304;
const CONTRACT_ID = /^[0-9a-f]{64}$/;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Returns the most bytes that the value of a key may have. */
export function maxValueBytes(key: RegistryKey): number {
  if (key.kind === "acl") return MAX_AUTHOR_LIST_BYTES;
  return key.kind === "manifest" ? MAX_MANIFEST_BYTES : MAX_RECORD_BYTES;
}

/** Returns `true` for keys whose values are read when they are needed. */
export function isReadLater(key: RegistryKey): boolean {
  return key.kind === "manifest" || key.kind === "config";
}

/**
 * Reads the value of an entry. Throws {@link RegistryError} `"record"` for a value that cannot be
 * read, and for one that is about another subject than its key.
 */
export function parseEntryValue(key: RegistryKey, bytes: Uint8Array): EntryValue {
  switch (key.kind) {
    case "contract": {
      const ref = parseArtifactRef(bytes);
      checkSubject("artifact reference", ref.contractId, key.contractId);
      if (ref.collectionFormat === "raw") {
        checkSubject("artifact reference", ref.collectionHash, key.contractId);
      }
      return { kind: "contract", ref };
    }
    case "version":
    case "channel":
    case "tag":
      return { kind: "pointer", contractId: parsePointer(bytes) };
    case "lease": {
      const lease = bytes.length === 0 ? undefined : parseLease(bytes);
      if (lease === undefined) return { kind: "lease", lease };
      checkSubject("lease", lease.service, key.service);
      checkSubject("lease", lease.contractId, key.contractId);
      checkSubject("lease", lease.endpointId, key.endpointId);
      return { kind: "lease", lease };
    }
    case "acl":
      return { kind: "authors", authors: parseAuthorList(bytes) };
    case "manifest":
    case "config":
      return { kind: "unread" };
  }
}

function parsePointer(bytes: Uint8Array): string {
  let text: string;
  try {
    text = strictUtf8.decode(bytes).trim();
  } catch (cause) {
    throw new RegistryError("record", "the pointer is not valid UTF-8", { cause });
  }
  if (!CONTRACT_ID.test(text))
    throw new RegistryError("record", "the pointer is not a contract id");
  return text;
}

function checkSubject(what: string, subject: string, expected: string): void {
  if (subject === expected) return;
  throw new RegistryError("record", `the ${what} is about another subject than its key`);
}
