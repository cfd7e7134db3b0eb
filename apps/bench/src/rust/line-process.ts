import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Interface } from "node:readline";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A program that answers each line with a line and ends with its standard input. */
export class LineProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  #gone = false;

  constructor(program: string, ...args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    // line() reports a process that has ended
    this.#child.stdin.on("error", () => {});
    this.#child.once("close", () => {
      this.#gone = true;
    });
    this.#lines = createInterface(this.#child.stdout);
  }

  /** Returns the next line of its output. */
  line(): Promise<string> {
    const early = () => new Error(`${this.#child.spawnfile} ended early`);
    if (this.#gone) return Promise.reject(early());
    return new Promise((resolve, reject) => {
      const heard = (text: string): void => {
        this.#child.off("close", gone);
        this.#child.off("error", reject);
        resolve(text);
      };
      const gone = (): void => {
        this.#lines.off("line", heard);
        reject(early());
      };
      this.#lines.once("line", heard);
      this.#child.once("close", gone);
      this.#child.once("error", reject);
    });
  }

  ask(question: string): Promise<string> {
    const answer = this.line();
    this.#child.stdin.write(`${question}\n`);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone || this.#child.pid === undefined) return;
    const gone = once(this.#child, "close");
    this.#child.stdin.end();
    await gone;
  }
}
