import { Child } from "./child.ts";

/** An error that the wheel raised: `code` only where it was a status. */
export interface WheelError {
  readonly type: string;
  readonly code?: number;
  readonly message: string;
  readonly details?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: WheelError;
}

/** The wheel in a process of its own that answers commands, many at a time (python/commands.py). */
export class WheelCommands implements AsyncDisposable {
  readonly #child: Child;
  readonly #answerMs: number | undefined;
  #last = 0;

  private constructor(child: Child, answerMs: number | undefined) {
    this.#child = child;
    this.#answerMs = answerMs;
  }

  static async start(python: string, script: string, answerMs?: number): Promise<WheelCommands> {
    const child = new Child(python, ["-B", script]);
    await child.line((value): value is object => "ready" in (value as object));
    return new WheelCommands(child, answerMs);
  }

  /** The result; rejects with what the wheel raised, its fields on the error. */
  async do(command: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    this.#child.send({ id, ...command });
    const fits = (value: unknown): value is Answer => (value as Answer).id === id;
    const answer = await this.#child.line(fits, this.#answerMs);
    if (answer.error === undefined) return answer.result;
    throw Object.assign(new Error(`${answer.error.type}: ${answer.error.message}`), answer.error);
  }

  /** Ends the process without a word to anybody. */
  kill(): void {
    this.#child.signal("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
