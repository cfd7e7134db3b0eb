import { brandErrors } from "../brand.ts";

/**
 * The reason why a key or an identity cannot be read or stored.
 *
 * - `"missing"`: there is no such file or entry
 * - `"exists"`: a key is there already, and keys are never overwritten
 * - `"unsafe"`: other users may know or replace the file; the message names the remedy
 * - `"malformed"`: the content cannot be read, or its parts contradict each other
 * - `"passphrase"`: a passphrase is needed, or is wrong
 * - `"keyring"`: the keyring of the operating system is missing, or denied the access
 * - `"io"`: the operating system refused to read or write; `cause` is its error
 */
export type KeyErrorCode =
  | "missing"
  | "exists"
  | "unsafe"
  | "malformed"
  | "passphrase"
  | "keyring"
  | "io";

/** The error of key files, identity files and the keyring. No message contains a secret. */
export class KeyError extends Error {
  override readonly name: string = "KeyError";
  readonly code: KeyErrorCode;

  constructor(code: KeyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    brandErrors(KeyError, "KeyError");
  }
}
