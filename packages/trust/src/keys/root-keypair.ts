import { endpointIdOf, generateSecretKey } from "@aster/transport";
import { keyBytesOf, Secret } from "./secret.ts";

/** The key pair at the root of a mesh. Its nodes trust what the secret key signed. */
export interface RootKeypair {
  /** 64 hex characters. Every node of the mesh knows it. */
  readonly publicKey: string;
  /** Keep it away from nodes. */
  readonly secretKey: Secret;
}

/** Makes a new root key pair. It is not stored; see `writeRootKey` of `@aster/trust/files`. */
export function generateRootKeypair(): Promise<RootKeypair> {
  const bytes = generateSecretKey();
  const made = rootKeypairOf(bytes);
  bytes.fill(0);
  return Promise.resolve(made);
}

/**
 * Returns the key pair of a secret key of 32 bytes. Throws {@link AdmissionError} `"option"` for
 * any other value.
 */
export function rootKeypairOf(secretKey: Secret | Uint8Array): RootKeypair {
  const bytes = keyBytesOf("secretKey", secretKey);
  return { publicKey: endpointIdOf(bytes), secretKey: Secret.of(bytes) };
}
