import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** The first line waits for the start of a program, which takes long on a busy machine. */
const LINE_MS = 60_000;

const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * A child process that exchanges JSON lines on stdin and stdout. It is killed when this process
 * ends, unless it has ended before.
 */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: unknown[] = [];
  readonly #waiting: (() => void)[] = [];
  #errors = "";
  #ended = false;
  /** The exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;

  constructor(command: string, args: readonly string[], environment: Record<string, string> = {}) {
    const env = { ...process.env, ASTER_RELAY_MODE: "disabled", ...environment };
    this.#process = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stdin.on("error", () => {});
    this.#process.stderr.on("data", (chunk: Buffer) => {
      this.#errors = `${this.#errors}${chunk}`.slice(-256_000);
    });
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      this.#lines.push(JSON.parse(line));
      this.#wake();
    });
    this.exited = new Promise((resolve) => {
      this.#process.on("error", (error) => {
        this.#errors += String(error);
        resolve("error");
      });
      // "close" follows the end of the pipes, so that every line has been read
      this.#process.on("close", (code, signal) => resolve(code ?? signal ?? "error"));
    });
    void this.exited.then(() => {
      this.#ended = true;
      running.delete(this.#process);
      this.#wake();
    });
    running.add(this.#process);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The last 8000 characters of its stderr. */
  get errors(): string {
    return this.#errors;
  }

  /** The lines that {@link Child.line} has not consumed. */
  get lines(): readonly unknown[] {
    return this.#lines;
  }

  send(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`);
  }

  write(text: string): void {
    this.#process.stdin.write(text);
  }

  endInput(): void {
    this.#process.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /**
   * Consumes the next line for which `fits` returns true. Rejects with its stderr if it ends or if
   * no such line arrives in time.
   */
  async line<T>(fits: (value: unknown) => value is T, timeoutMs = LINE_MS): Promise<T> {
    const until = Date.now() + timeoutMs;
    for (let over = this.#ended; ; over = await this.#next(until - Date.now())) {
      const at = this.#lines.findIndex(fits);
      if (at >= 0) return this.#lines.splice(at, 1)[0] as T;
      if (over) {
        const printed = JSON.stringify(this.#lines).slice(-1000);
        throw new Error(
          `the child did not print the expected line, but ${printed}\n${this.#errors}`,
        );
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    const timer = setTimeout(() => this.signal("SIGKILL"), 3_000);
    await this.exited;
    clearTimeout(timer);
  }

  /**
   * Resolves with false on the next line, and with true at the end of the process or of the time.
   */
  #next(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const over = () => resolve(true);
      const timer = setTimeout(over, Math.max(timeoutMs, 0));
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(this.#ended);
      });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
