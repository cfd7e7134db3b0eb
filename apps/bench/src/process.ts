import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import type { Question, Report } from "./child/message.ts";
import type { Load, Yield } from "./load.ts";

type Say<Kind extends Report["say"]> = Extract<Report, { say: Kind }>;

/** One measured process. It answers one question at a time. */
export class BenchProcess implements AsyncDisposable {
  readonly address: string;
  readonly sinceStartMs: number;
  readonly #child: ChildProcess;
  readonly #name: string;

  private constructor(child: ChildProcess, name: string, ready: Say<"ready">) {
    this.#child = child;
    this.#name = name;
    this.address = ready.address;
    this.sinceStartMs = ready.sinceStartMs;
  }

  /** Starts `program` with `args` under the flags `nodeArgs` and waits until it is ready. */
  static async start(
    program: string,
    args: readonly string[] = [],
    nodeArgs: readonly string[] = [],
  ): Promise<BenchProcess> {
    const name = args[0] ?? program;
    // output of the child must not mix with the JSON object of --json
    const child = fork(program, args, {
      execArgv: ["--expose-gc", ...nodeArgs],
      stdio: ["ignore", 2, 2, "ipc"],
    });
    return new BenchProcess(child, name, await report(child, name, "ready"));
  }

  async #ask<Kind extends Report["say"]>(question: Question, kind: Kind): Promise<Say<Kind>> {
    this.#child.send(question);
    return await report(this.#child, this.#name, kind);
  }

  /** Returns the CPU time of all its threads so far, user and system, in microseconds. */
  async cpuMicros(): Promise<number> {
    const { userMicros, systemMicros } = await this.#ask({ ask: "cpu" }, "cpu");
    return userMicros + systemMicros;
  }

  async residentBytes(): Promise<number> {
    return (await this.#ask({ ask: "memory" }, "memory")).residentBytes;
  }

  async contractIdMs(): Promise<number> {
    return (await this.#ask({ ask: "contractId" }, "contractId")).milliseconds;
  }

  async load(load: Load): Promise<Yield> {
    return (await this.#ask({ ask: "load", load }, "yield")).yield;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    // lets the process exit by itself, so that a profiler in it can write its results
    this.#child.disconnect();
    await gone;
  }
}

function report<Kind extends Report["say"]>(
  child: ChildProcess,
  name: string,
  kind: Kind,
): Promise<Say<Kind>> {
  return new Promise((resolve, reject) => {
    const heard = (said: Report): void => {
      child.off("exit", gone);
      if (said.say === kind) resolve(said as Say<Kind>);
      else
        reject(
          new Error(`${name}: ${said.say === "failed" ? said.reason : `unexpected "${said.say}"`}`),
        );
    };
    const gone = (code: number | null, signal: string | null): void => {
      child.off("message", heard);
      reject(new Error(`the ${name} process ended early (${signal ?? `exit code ${code}`})`));
    };
    child.once("message", heard);
    child.once("exit", gone);
  });
}
