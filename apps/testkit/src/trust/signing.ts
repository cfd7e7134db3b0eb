// Parts of the commands that sign with a root key.
import { AdmissionError, type ExpiryOptions } from "@aster/trust";
import { readRootKey } from "@aster/trust/files";
import { required, wholeNumber } from "../options.ts";
import { UsageError } from "../usage.ts";

const DEFAULT_SECONDS = 30 * 86_400;

/** The end of `--expires SECONDS`, counted from now. Default: 30 days. */
export function expiryIn(text: string | undefined): ExpiryOptions {
  const seconds = text === undefined ? DEFAULT_SECONDS : wholeNumber("expires", text);
  return { expiresAt: Math.floor(Date.now() / 1_000) + seconds };
}

/**
 * Calls `sign` with the secret of the root key in a file. A field that the rules of credentials
 * refuse is a {@link UsageError}, because it comes from the command line.
 */
export async function signedWith<T>(
  path: string | undefined,
  sign: (secret: Uint8Array) => Promise<T>,
): Promise<T> {
  using secretKey = (await readRootKey(required("root-key", path))).secretKey;
  try {
    return await sign(secretKey.expose());
  } catch (error) {
    const refused = error instanceof AdmissionError && error.code === "option";
    throw refused ? new UsageError(error.message) : error;
  }
}
