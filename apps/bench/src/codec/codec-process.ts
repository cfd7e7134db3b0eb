import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import type { Operation } from "./contender.ts";
import type { CodecQuestion, CodecReport } from "./message.ts";
import type { CodecName, SuiteName } from "./suite.ts";

/**
 * The process of one codec in one suite. Nothing else runs in it, so that its code stays
 * specialized.
 */
export class CodecProcess implements AsyncDisposable {
  readonly codec: CodecName;
  /** The length of the message. */
  readonly bytes: number;
  readonly operations: readonly Operation[];
  readonly #child: ChildProcess;

  private constructor(
    codec: CodecName,
    child: ChildProcess,
    ready: Extract<CodecReport, { say: "ready" }>,
  ) {
    this.codec = codec;
    this.#child = child;
    this.bytes = ready.bytes;
    this.operations = ready.operations;
  }

  static async start(program: string, suite: SuiteName, codec: CodecName): Promise<CodecProcess> {
    // output of the child must not mix with the JSON object of --json
    const child = fork(program, [suite, codec], { stdio: ["ignore", 2, 2, "ipc"] });
    return new CodecProcess(codec, child, await answer(child, codec, "ready"));
  }

  /** Measures an operation for one window; returns nanoseconds per call. */
  async window(operation: Operation, windowMs: number): Promise<number> {
    this.#child.send({ operation, windowMs } satisfies CodecQuestion);
    return (await answer(this.#child, this.codec, "took")).nanoseconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }
}

function answer<Kind extends CodecReport["say"]>(
  child: ChildProcess,
  codec: CodecName,
  kind: Kind,
): Promise<Extract<CodecReport, { say: Kind }>> {
  return new Promise((resolve, reject) => {
    const heard = (said: CodecReport): void => {
      child.off("exit", gone);
      if (said.say === kind) resolve(said as Extract<CodecReport, { say: Kind }>);
      else reject(new Error(`${codec}: unexpected "${said.say}"`));
    };
    const gone = (code: number | null, signal: string | null): void => {
      child.off("message", heard);
      reject(new Error(`the ${codec} process ended early (${signal ?? `exit code ${code}`})`));
    };
    child.once("message", heard);
    child.once("exit", gone);
  });
}
