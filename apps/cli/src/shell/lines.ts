/** The command lines of a shell. */
export interface ShellLines extends AsyncDisposable {
  /** A person writes them. */
  readonly interactive: boolean;
  /**
   * The next line, `undefined` at the end (Ctrl-D on a terminal, after which there may be more) and
   * when the signal fires. Rejects with the failure of an interruption.
   */
  next(prompt: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Asks for a value until `check` returns no problem. Only for a person. */
  ask(question: string, check: (text: string) => string | undefined): Promise<string>;
  /** Writes output, and shows the line that is being written again. */
  during(write: () => void): void;
}

/** Lines that arrive, for one reader at a time. */
export class LineQueue {
  readonly #lines: string[] = [];
  #ended = false;
  #reader: { resolve(line: string | undefined): void; reject(error: unknown): void } | undefined;

  push(line: string): void {
    if (this.#reader === undefined) this.#lines.push(line);
    else this.#settle().resolve(line);
  }

  /** No more lines arrive. */
  end(): void {
    this.#ended = true;
    if (this.#reader !== undefined) this.#settle().resolve(undefined);
  }

  /** Fails the reader. Returns `false` if there is none. */
  fail(error: unknown): boolean {
    if (this.#reader === undefined) return false;
    this.#settle().reject(error);
    return true;
  }

  /** The next line; `undefined` at the end and when the signal fires. */
  next(signal?: AbortSignal): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended || signal?.aborted) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        if (this.#reader === reader) this.#settle().resolve(undefined);
      };
      const reader = {
        resolve: (value: string | undefined) => {
          signal?.removeEventListener("abort", stop);
          resolve(value);
        },
        reject,
      };
      this.#reader = reader;
      signal?.addEventListener("abort", stop);
    });
  }

  #settle() {
    const reader = this.#reader;
    if (reader === undefined) throw new Error("no reader waits for a line");
    this.#reader = undefined;
    return reader;
  }
}
