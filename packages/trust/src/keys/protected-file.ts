// Files that only their owner may read and replace. Other users could learn a key from them, or
// exchange it.
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";
import { KeyError } from "./key-error.ts";

/** Opening neither follows a link nor waits for the writer of a pipe. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const CREATE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
/** The permissions of the group and of others. */
const OTHERS = 0o077;
const WORLD_WRITABLE = 0o002;
const STICKY = 0o1000;

/**
 * Reads a file of at most `mostBytes`. Throws {@link KeyError} `"missing"`, `"io"`, `"malformed"`
 * for a longer file, and `"unsafe"` for one that is a link or not a regular file, belongs to
 * another user, or is accessible to its group or to others. Windows has no such modes and owners.
 */
export async function readProtected(path: string, mostBytes: number): Promise<string> {
  const file = await opened(path);
  try {
    checkPrivate(path, await file.stat());
    return await content(path, file, mostBytes);
  } finally {
    await file.close();
  }
}

/** Reads a file that may be public. Throws {@link KeyError} `"missing"`, `"io"`, `"malformed"`. */
export async function readPublic(path: string, mostBytes: number): Promise<string> {
  const file = await openFile(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw notRegular(path);
    return await content(path, file, mostBytes);
  } finally {
    await file.close();
  }
}

/**
 * Creates a file atomically: a process that is killed meanwhile, and a full disk, leave a complete
 * file or none. Missing folders are made with mode 0700. Throws {@link KeyError} `"exists"` if
 * there is a file, `"unsafe"` for a folder in which all users may replace files, and `"io"`.
 */
export async function createProtected(path: string, text: string, mode = 0o600): Promise<void> {
  await writeWhole(path, text, mode, async (unfinished) => {
    try {
      await link(unfinished, path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      throw new KeyError("exists", `${path} exists and is not overwritten; choose another path`);
    }
  });
}

/**
 * Replaces a file atomically, or creates it. The old one must be protected like for
 * {@link readProtected}.
 */
export async function replaceProtected(path: string, text: string): Promise<void> {
  const old = await statsOf(path);
  if (old?.isSymbolicLink()) throw isLink(path);
  if (old !== undefined) checkPrivate(path, old);
  await writeWhole(path, text, 0o600, (unfinished) => rename(unfinished, path));
}

/** The stats of a path without following a link, or `undefined` where there is nothing. */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw ioError("read", path, error);
  }
}

async function writeWhole(
  path: string,
  text: string,
  mode: number,
  place: (unfinished: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(resolve(path));
  try {
    await prepareFolder(folder);
    const name = `.${basename(path)}.${randomBytes(6).toString("hex")}.new`;
    const unfinished = join(folder, name);
    const file = await open(unfinished, CREATE, mode);
    try {
      await writeAndClose(file, text, mode);
      await place(unfinished);
    } finally {
      await rm(unfinished, { force: true });
    }
    await syncFolder(folder);
  } catch (error) {
    throw error instanceof KeyError ? error : ioError("write", path, error);
  }
}

async function writeAndClose(file: FileHandle, text: string, mode: number): Promise<void> {
  try {
    // whatever the umask is
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.platform === "win32") return;
  const { mode } = await stat(folder);
  if ((mode & WORLD_WRITABLE) === 0 || (mode & STICKY) !== 0) return;
  throw new KeyError(
    "unsafe",
    `every user may replace files in ${folder} (mode ${modeText(mode)}); run: chmod o-w ${folder}`,
  );
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await openFile(path, READ);
  } catch (error) {
    const code = codeOf(error instanceof KeyError ? error.cause : error);
    // FreeBSD reports EMLINK
    throw code === "ELOOP" || code === "EMLINK" ? isLink(path) : error;
  }
}

async function openFile(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new KeyError("missing", `there is no file ${path}`);
    throw ioError("read", path, error);
  }
}

async function content(path: string, file: FileHandle, mostBytes: number): Promise<string> {
  const buffer = Buffer.alloc(mostBytes + 1);
  let length = 0;
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0) return buffer.toString("utf8", 0, length);
      if (length > mostBytes) break;
    }
  } catch (error) {
    throw ioError("read", path, error);
  } finally {
    buffer.fill(0);
  }
  throw new KeyError("malformed", `${path} has more than ${mostBytes} bytes; it is another file`);
}

function checkPrivate(path: string, stats: Stats): void {
  if (!stats.isFile()) throw notRegular(path);
  const user = process.geteuid?.();
  if (user === undefined) return;
  if (stats.uid !== user) {
    throw new KeyError(
      "unsafe",
      `${path} belongs to user ${stats.uid}, not to user ${user} who runs this program; ` +
        `run: chown ${user} ${path}`,
    );
  }
  if ((stats.mode & OTHERS) !== 0) {
    throw new KeyError(
      "unsafe",
      `${path} is accessible to other users (mode ${modeText(stats.mode)}), who may know the key; ` +
        `run: chmod 600 ${path}`,
    );
  }
}

function isLink(path: string): KeyError {
  return new KeyError("unsafe", `${path} is a link; give the path of the file itself`);
}

function notRegular(path: string): KeyError {
  return new KeyError("unsafe", `${path} is not a regular file; give the path of a file`);
}

function ioError(action: "read" | "write", path: string, cause: unknown): KeyError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new KeyError("io", `cannot ${action} ${path}: ${why}`, { cause });
}

function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
