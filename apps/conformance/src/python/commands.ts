import type { Child } from "@aster-apps/testkit/process";
import { pythonScript } from "./script.ts";

/** An error that the Python package raised. */
export interface PythonError {
  readonly type: string;
  /** The status code; absent for other errors. */
  readonly code?: number;
  readonly message: string;
  readonly details?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: PythonError;
}

/** A Python process that runs several commands at a time (python/shared/commands.py). */
export class PythonCommands implements AsyncDisposable {
  readonly #child: Child;
  readonly #answerMs: number | undefined;
  #last = 0;

  private constructor(child: Child, answerMs: number | undefined) {
    this.#child = child;
    this.#answerMs = answerMs;
  }

  static async start(python: string, script: URL, answerMs?: number): Promise<PythonCommands> {
    const child = pythonScript(python, script);
    await child.line((value): value is object => "ready" in (value as object));
    return new PythonCommands(child, answerMs);
  }

  /**
   * Returns the result of a command; rejects with an `Error` that has the fields of {@link
   * PythonError}.
   */
  async do(command: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    this.#child.send({ id, ...command });
    const fits = (value: unknown): value is Answer => (value as Answer).id === id;
    const answer = await this.#child.line(fits, this.#answerMs);
    if (answer.error === undefined) return answer.result;
    throw Object.assign(new Error(`${answer.error.type}: ${answer.error.message}`), answer.error);
  }

  /** Kills the process, so that its peers are not informed. */
  kill(): void {
    this.#child.signal("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
