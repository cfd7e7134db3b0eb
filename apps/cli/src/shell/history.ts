import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** The commands that a shell remembers. */
export const HISTORY_LINES = 1_000;

const MODE = 0o600;

/** The history of the shell in a file that only its owner can read. */
export class ShellHistory {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines, the latest first. Shortens a file that has become long. */
  async read(): Promise<string[]> {
    const text = await readFile(this.#path, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line !== "");
    const kept = lines.slice(-HISTORY_LINES);
    if (lines.length > 2 * HISTORY_LINES) {
      await writeFile(this.#path, `${kept.join("\n")}\n`, { mode: MODE });
    }
    return kept.toReversed();
  }

  /** Appends a line, in the order of the calls. A history that cannot be written has no effect. */
  add(line: string): void {
    this.#writing = this.#writing
      .then(async () => {
        await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
        await appendFile(this.#path, `${line}\n`, { mode: MODE });
      })
      .catch(() => {});
  }

  /** Resolves when all lines are written. */
  async written(): Promise<void> {
    await this.#writing;
  }
}
