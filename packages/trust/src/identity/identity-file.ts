import { createProtected, readProtected, replaceProtected } from "../keys/protected-file.ts";
import type { AsterIdentity } from "./identity.ts";
import { formatIdentity, parseIdentity } from "./identity-toml.ts";

const MOST_BYTES = 1_048_576;

export interface WriteIdentityOptions {
  /** Replaces an identity that is in the file. Default: `false`. */
  readonly replace?: boolean | undefined;
}

/**
 * Reads an identity file: one that {@link writeIdentity} or the `aster` command of the Python
 * package wrote. Throws {@link KeyError} `"missing"`, `"unsafe"`, `"malformed"` or `"io"`.
 */
export async function readIdentity(path: string): Promise<AsterIdentity> {
  return parseIdentity(await readProtected(path, MOST_BYTES), path);
}

/**
 * Writes an identity file, mode 0600, atomically. Throws {@link KeyError} `"exists"` if there is a
 * file and `replace` is not set, `"unsafe"` or `"io"`.
 */
export async function writeIdentity(
  path: string,
  identity: AsterIdentity,
  { replace = false }: WriteIdentityOptions = {},
): Promise<void> {
  const text = formatIdentity(identity);
  await (replace ? replaceProtected(path, text) : createProtected(path, text));
}
