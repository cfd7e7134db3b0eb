import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../programs/consume.ts", import.meta.url));

export interface Consumption {
  readonly folder: string;
  readonly from: number;
  readonly to: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** The path of a file for the results. */
  readonly log: string;
}

/** A process that uses the tokens of a range of numbers. */
export class Consumer {
  /** Resolves when the process begins to use tokens. */
  readonly ready: Promise<void>;
  /** Resolves with the numbers of the tokens that it was the first to use. */
  readonly accepted: Promise<number[]>;
  readonly #process: ChildProcess;

  constructor({ folder, from, to, expiresAt, log }: Consumption) {
    const args = [program, folder, from, to, expiresAt, log].map(String);
    const started = spawn(process.execPath, ["--no-warnings", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    this.#process = started;
    this.ready = new Promise((resolve) => {
      started.stdout.once("data", () => resolve());
      started.once("close", () => resolve());
    });
    this.accepted = new Promise((resolve) => {
      started.once("close", () => {
        resolve(readFileSync(log, "utf8").split("\n").slice(0, -1).map(Number));
      });
    });
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
