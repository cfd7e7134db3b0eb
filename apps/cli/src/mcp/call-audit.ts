import { createWriteStream, type WriteStream } from "node:fs";
import { open } from "node:fs/promises";

/** One call of a tool. It contains no request and no reply. */
export interface ToolCallRecord {
  /** The start, in UTC. */
  readonly time: string;
  readonly tool: string;
  /** `Service.method`; that of a session for its opening and closing. */
  readonly method: string;
  /** `OK`, the name of a status, or the rule that refused the call. */
  readonly status: string;
  readonly durationMs: number;
  readonly replies: number;
}

/** A file with a line of JSON for each call. The caller disposes of it. */
export class CallAudit implements AsyncDisposable {
  readonly #file: WriteStream;
  #failure: Error | undefined;

  private constructor(file: WriteStream) {
    this.#file = file;
    file.on("error", (error) => {
      this.#failure = error;
    });
  }

  /** Opens a file to append to it; a new one has the mode 0600. Rejects with a file error. */
  static async open(path: string): Promise<CallAudit> {
    const handle = await open(path, "a", 0o600);
    return new CallAudit(createWriteStream(path, { fd: handle }));
  }

  /** Throws if an earlier record could not be written: calls without a record are refused. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  write(record: ToolCallRecord): void {
    this.#file.write(`${JSON.stringify(record)}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure !== undefined) return;
    await new Promise<void>((resolve) => this.#file.end(() => resolve()));
  }
}
