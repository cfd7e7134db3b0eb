import { mkdir, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "./sync-folder.ts";

const EPOCH_SECONDS = /^[0-9]{1,16}$/;

/**
 * The latest expiry of the tokens whose files were removed. A token that expires at or before it
 * may have been used, so that it is not accepted even if the wall clock is set back.
 *
 * Names of empty files in a folder hold the times, so that a truncated file loses nothing.
 */
export class TokenHorizon {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** In epoch seconds; 0 if no token was removed. */
  async read(): Promise<number> {
    return Math.max(0, ...(await this.#times()));
  }

  /** Moves the horizon, on disk, before the caller removes the files. */
  async advance(expiresAt: number): Promise<void> {
    const times = await this.#times();
    if (times.some((time) => time >= expiresAt)) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(join(this.#folder, String(expiresAt)), "w", 0o600);
    await file.close();
    await syncFolder(this.#folder);
    // another process may be reading the folder: the last but one horizon stays for it
    const outdated = times.sort((a, b) => b - a).slice(1);
    for (const time of outdated) await unlink(join(this.#folder, String(time))).catch(() => {});
  }

  async #times(): Promise<number[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => EPOCH_SECONDS.test(name)).map(Number);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}
