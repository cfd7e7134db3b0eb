import { open } from "node:fs/promises";
import process from "node:process";

/** Writes the entries of a folder to disk, so that they survive a crash of the machine. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and its file systems record entries by themselves
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
