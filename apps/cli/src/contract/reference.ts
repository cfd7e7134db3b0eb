import { isRegistryAddress } from "../registry/registry-text.ts";

/** A place from which contracts are read. */
export type Reference =
  | { readonly kind: "module"; readonly path: string; readonly name: string | undefined }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "registry"; readonly address: string };

const MODULE = /^(.+\.[cm]?[jt]sx?)(?::([\p{L}_$][\p{L}\p{N}_$]*))?$/u;
const ADDRESS = /^(aster1\S+|[0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{60,}={0,2})$/;

/**
 * Reads a reference: `FILE:EXPORT` of a module, the path of a manifest, or the address of a peer or
 * registry.
 */
export function referenceOf(text: string): Reference {
  const [, path, name] = MODULE.exec(text) ?? [];
  if (path !== undefined) return { kind: "module", path, name };
  if (ADDRESS.test(text)) return { kind: "address", address: text };
  if (isRegistryAddress(text)) return { kind: "registry", address: text };
  return { kind: "file", path: text };
}
