import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of 64 KiB in memory. Mounting it needs root. */
export class SmallDisk implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "aster-disk-"));
  readonly #filler = join(this.path, "filler");

  /** Returns `false`, and says so, where disks cannot be mounted. */
  static isAvailable(): boolean {
    try {
      using _disk = new SmallDisk();
      return true;
    } catch {
      process.stderr.write("full and read-only disks are not tested: mount needs root\n");
      return false;
    }
  }

  constructor() {
    if (mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", this.path)) return;
    rmSync(this.path, { recursive: true });
    throw new Error("mount failed");
  }

  /** Uses all space. */
  fill(): void {
    for (let size = 64 * 1024; size > 0; size -= 4_096) {
      try {
        writeFileSync(this.#filler, Buffer.alloc(size));
        return;
      } catch {
        // the next size fits
      }
    }
  }

  /** Gives the space back. */
  free(): void {
    unlinkSync(this.#filler);
  }

  setReadOnly(readOnly: boolean): void {
    mount("-o", `remount,${readOnly ? "ro" : "rw"}`, this.path);
  }

  [Symbol.dispose](): void {
    // lazily: a file may still be open
    spawnSync("umount", ["-l", this.path], { stdio: "ignore" });
    rmSync(this.path, { recursive: true, force: true });
  }
}

function mount(...args: string[]): boolean {
  return spawnSync("mount", args, { stdio: "ignore" }).status === 0;
}
