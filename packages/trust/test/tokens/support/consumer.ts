import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../programs/consume.ts", import.meta.url));

/** A process that uses the tokens of a range of numbers. */
export class Consumer {
  /** Resolves when the process begins to use tokens. */
  readonly ready: Promise<void>;
  /** Resolves with the numbers of the tokens that it was the first to use. */
  readonly accepted: Promise<number[]>;
  readonly #process: ChildProcess;

  constructor(folder: string, from: number, to: number, expiresAt: number) {
    const args = ["--no-warnings", program, folder, `${from}`, `${to}`, `${expiresAt}`];
    const started = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    this.#process = started;
    let output = "";
    this.ready = new Promise((resolve) => {
      started.stdout.on("data", (text: Buffer) => {
        output += text.toString();
        resolve();
      });
      started.once("close", () => resolve());
    });
    this.accepted = new Promise((resolve) => {
      started.once("close", () => resolve(output.split("\n").slice(1, -1).map(Number)));
    });
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
