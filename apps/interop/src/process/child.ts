import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A child process that speaks JSON lines on stdin and stdout; killed with the test at the latest. */
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
      this.#errors = `${this.#errors}${chunk}`.slice(-8000);
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
      // after the pipes have closed: every line has been read by then
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

  /** What it wrote to stderr, its end if it was long. */
  get errors(): string {
    return this.#errors;
  }

  /** Every line so far that {@link Child.line} did not take. */
  get lines(): readonly unknown[] {
    return this.#lines;
  }

  send(value: unknown): void {
    this.#process.stdin.write(`${JSON.stringify(value)}\n`);
  }

  endInput(): void {
    this.#process.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Takes the next line that `fits`; rejects with its stderr when it ends or is silent for too long. */
  async line<T>(fits: (value: unknown) => value is T, timeoutMs = 20_000): Promise<T> {
    const until = Date.now() + timeoutMs;
    for (let over = this.#ended; ; over = await this.#next(until - Date.now())) {
      const at = this.#lines.findIndex(fits);
      if (at >= 0) return this.#lines.splice(at, 1)[0] as T;
      if (over) {
        const printed = JSON.stringify(this.#lines).slice(-1000);
        throw new Error(
          `the child did not print the line waited for, but ${printed}\n${this.#errors}`,
        );
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    const patience = setTimeout(() => this.signal("SIGKILL"), 3_000);
    await this.exited;
    clearTimeout(patience);
  }

  /** Resolves with the next line (false), or at the end of the process or of our patience (true). */
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
