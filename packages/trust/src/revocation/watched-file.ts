import { readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { AdmissionError } from "../error.ts";
import { checkPositive } from "../time-option.ts";
import { clearTimeout, setTimeout } from "../timers.ts";

export interface WatchedFileOptions {
  readonly pollMs: number;
  /** Takes the content. An error that it throws is passed to `failed`. */
  readonly read: (content: Uint8Array) => void;
  /** Called once per change that cannot be read or is refused. */
  readonly failed: (error: AdmissionError) => void;
}

const MOST_BYTES = 4 * 1024 * 1024;

/**
 * A file that is read when it has changed or was replaced. It is polled, because notifications of
 * the file system are lost on network file systems and when a folder is mounted anew.
 */
export class WatchedFile {
  readonly #path: string;
  readonly #options: WatchedFileOptions;
  #timer: NodeJS.Timeout | undefined;
  /** The file that was read or refused last, or the error that it had. */
  #seen: string;
  #closed = false;

  /** Reads the file. Throws {@link AdmissionError} if it cannot be read or is refused. */
  constructor(path: string, options: WatchedFileOptions) {
    checkPositive("pollMs", options.pollMs);
    this.#path = path;
    this.#options = options;
    try {
      const facts = statSync(path, { bigint: true });
      checkSize(path, facts.size);
      this.#seen = versionOf(facts);
      options.read(readFileSync(path));
    } catch (error) {
      throw this.#problem(error);
    }
    this.#pollLater();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #pollLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#poll(), this.#options.pollMs).unref();
  }

  async #poll(): Promise<void> {
    let version = "";
    try {
      const facts = await stat(this.#path, { bigint: true });
      version = versionOf(facts);
      if (version !== this.#seen) {
        checkSize(this.#path, facts.size);
        const content = await readFile(this.#path);
        if (!this.#closed) this.#options.read(content);
      }
      this.#seen = version;
    } catch (error) {
      const problem = this.#problem(error);
      // a file that is missing has no version
      const seen = version === "" ? problem.message : version;
      if (this.#seen !== seen && !this.#closed) this.#report(problem);
      this.#seen = seen;
    }
    this.#pollLater();
  }

  #report(problem: AdmissionError): void {
    try {
      this.#options.failed(problem);
    } catch {
      // an error of the log must not stop the polling
    }
  }

  #problem(error: unknown): AdmissionError {
    const { code, message = String(error) } = (error ?? {}) as NodeJS.ErrnoException;
    const text = error instanceof AdmissionError || code === undefined ? message : `${code}`;
    return new AdmissionError("revocation", `the file ${this.#path} is not used: ${text}`, {
      cause: error,
    });
  }
}

interface FileFacts {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

function versionOf({ ino, size, mtimeNs, ctimeNs }: FileFacts): string {
  return [ino, size, mtimeNs, ctimeNs].join(" ");
}

function checkSize(path: string, size: bigint): void {
  if (size <= MOST_BYTES) return;
  throw new AdmissionError("revocation", `${path} has ${size} bytes; the limit is ${MOST_BYTES}`);
}
