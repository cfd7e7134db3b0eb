import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { generateSecretKey } from "@aster/transport";
import { UsageError } from "./usage.ts";

/** More than a key, and white space around it, needs. */
const MOST_BYTES = 1_024;
/** Opening neither follows a link nor waits for the writer of a pipe. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** The permissions of the group and of others. */
const OTHERS = 0o077;

/**
 * Reads a secret key, 64 hex characters, from a file. Creates the file, with mode 0600, if it does
 * not exist.
 *
 * Throws {@link UsageError} for a file whose key may be known to others, or was put there by
 * others: one that is a link or not a regular file, belongs to another user, or is accessible to
 * its group or to others. Windows has neither such modes nor owners.
 */
export function secretKeyIn(path: string): Uint8Array {
  const key = existing(path);
  if (key !== undefined) return key;
  const made = generateSecretKey();
  createWhole(path, `${Buffer.from(made).toString("hex")}\n`);
  return made;
}

/**
 * Creates a file atomically: a process that is killed meanwhile leaves a complete file or none.
 * Throws if the file exists.
 */
function createWhole(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}.new`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    linkSync(unfinished, path);
  } finally {
    closeSync(file);
    rmSync(unfinished);
  }
}

function existing(path: string): Uint8Array | undefined {
  const file = opened(path);
  if (file === undefined) return undefined;
  let text: string;
  try {
    checkPrivate(path, fstatSync(file));
    const buffer = Buffer.alloc(MOST_BYTES);
    text = buffer.toString("utf8", 0, readSync(file, buffer)).trim();
  } finally {
    closeSync(file);
  }
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, "hex"));
  throw new UsageError(`${path} does not contain a secret key; 64 hex characters are expected`);
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, OPEN_FLAGS);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return undefined;
    // FreeBSD reports EMLINK
    if (code === "ELOOP" || code === "EMLINK") {
      throw new UsageError(`${path} is a link; give the path of the key file itself`);
    }
    throw error;
  }
}

function checkPrivate(path: string, stats: Stats): void {
  if (!stats.isFile()) throw new UsageError(`${path} is not a regular file; give a key file`);
  const user = process.geteuid?.();
  if (user === undefined) return;
  if (stats.uid !== user) {
    throw new UsageError(
      `${path} belongs to user ${stats.uid}, not to user ${user} who runs this program; run: chown ${user} ${path}`,
    );
  }
  if ((stats.mode & OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
    throw new UsageError(
      `${path} is accessible to other users (mode ${mode}), who may know the key; run: chmod 600 ${path}`,
    );
  }
}
