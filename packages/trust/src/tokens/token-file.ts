// The file of a used token. Its name is the nonce, its text the expiry with a check sum. Only the
// existence of the file decides; the expiry says when the file can be removed.
import { createHash } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";

/** More than the text of a token file takes. */
const READ_BYTES = 64;

/** Creates the file of a token and writes it to disk. Returns `false` if it exists. */
export async function createTokenFile(
  folder: string,
  nonce: string,
  expiresAt: number,
): Promise<boolean> {
  const path = join(folder, nonce);
  const file = await created(path);
  if (file === undefined) return false;
  try {
    await file.writeFile(textOf(nonce, expiresAt));
    await file.sync();
  } catch (error) {
    // this attempt fails and others found the file, so that no process has accepted the token
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

/** Returns the expiry of a used token; `undefined` if its file is damaged or being written. */
export async function readExpiry(folder: string, nonce: string): Promise<number | undefined> {
  try {
    const file = await open(join(folder, nonce), "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES));
      const text = buffer.toString("latin1", 0, bytesRead);
      const expiresAt = Number.parseInt(text, 10);
      return text === textOf(nonce, expiresAt) ? expiresAt : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

async function created(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

function textOf(nonce: string, expiresAt: number): string {
  const sum = createHash("sha256").update(`${nonce} ${expiresAt}`).digest("hex").slice(0, 16);
  return `${expiresAt} ${sum}\n`;
}
