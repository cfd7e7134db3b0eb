import { RegistryError } from "../error.ts";

/** The four access lists of a registry. */
export type AccessList = "writers" | "readers" | "admins" | "policy";

/** The subject of an entry of the registry document (docs/registry.md, "Keys"). */
export type RegistryKey =
  | { readonly kind: "contract"; readonly contractId: string }
  | { readonly kind: "manifest"; readonly contractId: string }
  | { readonly kind: "version"; readonly service: string; readonly version: number }
  | { readonly kind: "channel"; readonly service: string; readonly channel: string }
  | { readonly kind: "tag"; readonly service: string; readonly tag: string }
  | {
      readonly kind: "lease";
      readonly service: string;
      readonly contractId: string;
      readonly endpointId: string;
    }
  | { readonly kind: "acl"; readonly list: AccessList }
  | { readonly kind: "config"; readonly name: string };

/** The key prefixes that a reader of the registry synchronises. */
export const REGISTRY_PREFIXES: readonly string[] = Object.freeze([
  "contracts/",
  "manifests/",
  "services/",
  "endpoints/",
  "compatibility/",
  "_aster/",
]);

const MAX_NAME_LENGTH = 256;
const MAX_VERSION = 0x7fffffff;
const MAX_KEY_BYTES = 4_096;
const ID = /^[0-9a-f]{64}$/;
// a slash, control characters and lone surrogates
const FORBIDDEN = /[/\p{Cc}\p{Cs}]/u;
const VERSION = /^v(0|[1-9][0-9]{0,9})$/;
const ACCESS_LISTS: readonly string[] = ["writers", "readers", "admins", "policy"];

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The document key of an entry, UTF-8.
 *
 * Throws {@link RegistryError} `"key"` for a name with `/` or control characters, so that a name
 * cannot lead to another entry, and for an id that is not 64 lower-case hex characters.
 */
export function registryKey(key: RegistryKey): Uint8Array {
  const text = registryKeyText(key);
  if (text === undefined) {
    throw new RegistryError(
      "key",
      `invalid ${key.kind} key ${JSON.stringify(key).slice(0, 200)}; names have 1 to ` +
        `${MAX_NAME_LENGTH} characters without "/" and control characters, ids are 64 lower-case ` +
        `hex characters, versions are 0 to ${MAX_VERSION}`,
    );
  }
  return utf8.encode(text);
}

/** The key prefix of all leases of one contract. Throws like {@link registryKey}. */
export function leasePrefix(service: string, contractId: string): Uint8Array {
  const anyEndpoint = "0".repeat(64);
  const key = registryKey({ kind: "lease", service, contractId, endpointId: anyEndpoint });
  return key.subarray(0, key.length - anyEndpoint.length);
}

/** Reads a key of a document; `undefined` for a key that {@link registryKey} never returns. */
export function parseRegistryKey(bytes: Uint8Array): RegistryKey | undefined {
  if (bytes.length > MAX_KEY_BYTES) return undefined;
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
  const key = keyOf(text.split("/"));
  return key !== undefined && registryKeyText(key) === text ? key : undefined;
}

function keyOf(parts: readonly string[]): RegistryKey | undefined {
  const [root, first = "", second, third = "", fourth, fifth = ""] = parts;
  switch (root) {
    case "contracts":
      return { kind: "contract", contractId: first };
    case "manifests":
      return { kind: "manifest", contractId: first };
    case "services":
      if (second === "versions") {
        const version = Number(VERSION.exec(third)?.[1]);
        return { kind: "version", service: first, version };
      }
      if (second === "channels") return { kind: "channel", service: first, channel: third };
      if (second === "tags") return { kind: "tag", service: first, tag: third };
      if (second !== "contracts" || fourth !== "endpoints") return undefined;
      return { kind: "lease", service: first, contractId: third, endpointId: fifth };
    case "_aster":
      if (first === "acl" && isAccessList(second)) return { kind: "acl", list: second };
      return first === "config" ? { kind: "config", name: second ?? "" } : undefined;
    default:
      return undefined;
  }
}

/** The text of a key; `undefined` where {@link registryKey} throws. */
export function registryKeyText(key: RegistryKey): string | undefined {
  switch (key.kind) {
    case "contract":
      return isId(key.contractId) ? `contracts/${key.contractId}` : undefined;
    case "manifest":
      return isId(key.contractId) ? `manifests/${key.contractId}` : undefined;
    case "version":
      if (!isName(key.service) || !isVersion(key.version)) return undefined;
      return `services/${key.service}/versions/v${key.version}`;
    case "channel":
      if (!isName(key.service) || !isName(key.channel)) return undefined;
      return `services/${key.service}/channels/${key.channel}`;
    case "tag":
      if (!isName(key.service) || !isName(key.tag)) return undefined;
      return `services/${key.service}/tags/${key.tag}`;
    case "lease":
      if (!isName(key.service) || !isId(key.contractId) || !isId(key.endpointId)) return undefined;
      return `services/${key.service}/contracts/${key.contractId}/endpoints/${key.endpointId}`;
    case "acl":
      return isAccessList(key.list) ? `_aster/acl/${key.list}` : undefined;
    case "config":
      return isName(key.name) ? `_aster/config/${key.name}` : undefined;
  }
}

function isName(text: string): boolean {
  return text.length > 0 && text.length <= MAX_NAME_LENGTH && !FORBIDDEN.test(text);
}

function isId(text: string): boolean {
  return ID.test(text);
}

function isVersion(version: number): boolean {
  return Number.isInteger(version) && version >= 0 && version <= MAX_VERSION;
}

function isAccessList(text: string | undefined): text is AccessList {
  return text !== undefined && ACCESS_LISTS.includes(text);
}
