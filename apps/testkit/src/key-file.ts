import { ensureNodeKey, KeyError } from "@aster/trust/files";
import { UsageError } from "./usage.ts";

/**
 * Reads the secret key of a node from a file, and makes the file if it does not exist. Rejects with
 * {@link UsageError} for a file that cannot be used, such as one that other users may read.
 */
export async function secretKeyIn(path: string): Promise<Uint8Array> {
  try {
    const { secretKey } = await ensureNodeKey(path);
    return secretKey.expose();
  } catch (error) {
    throw error instanceof KeyError ? new UsageError(error.message) : error;
  }
}
