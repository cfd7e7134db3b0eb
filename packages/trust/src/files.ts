// Keys, credentials and identities in files, and root keys in the keyring of the operating system.

export type { StoredCredential } from "./identity/credential-file.ts";
export { readCredential, writeCredential } from "./identity/credential-file.ts";
export type {
  AsterIdentity,
  IdentityPeer,
  IdentityPeerFacts,
  IdentityRole,
  NewIdentityPeer,
  PeerChoice,
} from "./identity/identity.ts";
export { identityPeer, newIdentity, withIdentityPeer } from "./identity/identity.ts";
export type { WriteIdentityOptions } from "./identity/identity-file.ts";
export { readIdentity, writeIdentity } from "./identity/identity-file.ts";
export type { KeyErrorCode } from "./keys/key-error.ts";
export { KeyError } from "./keys/key-error.ts";
export type { KeyFileOptions, NodeKey } from "./keys/key-file.ts";
export {
  ensureNodeKey,
  readNodeKey,
  readRootKey,
  readRootPubkey,
  rootPubkeyPath,
  writeNodeKey,
  writeRootKey,
} from "./keys/key-file.ts";
export { createProtected, readProtected, replaceProtected } from "./keys/protected-file.ts";
export type {
  KeyringEntry,
  OpenKeyringEntry,
  RootKeyring,
  RootKeyringOptions,
} from "./keys/root-keyring.ts";
export { rootKeyring } from "./keys/root-keyring.ts";
