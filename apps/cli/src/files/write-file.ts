import { randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { usageFailure } from "../command/failure.ts";

export interface WriteOptions {
  /** Replaces a file that is there. Default: false. */
  readonly force?: boolean | undefined;
  /** Default: 0o644. */
  readonly mode?: number | undefined;
}

/**
 * Writes a file in one step: readers find the old text or the new one. Missing folders are made.
 * Throws a failure if there is a file and `force` is not set.
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  { force = false, mode = 0o644 }: WriteOptions = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    await writeFile(part, data, { mode, flag: "wx", flush: true });
    if (force) await rename(part, path);
    else await link(part, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw error;
    throw usageFailure(
      `there is a file already: ${path}`,
      "choose another path, or --force",
      "file.exists",
    );
  } finally {
    await rm(part, { force: true });
  }
}
