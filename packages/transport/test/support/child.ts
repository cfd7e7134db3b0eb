import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eventually } from "./pair.ts";

/** A process that runs a program of `children/`. */
export class Child {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  output = "";
  #changed: () => void = () => {};

  constructor(name: string, ...args: string[]) {
    const file = fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url));
    const started = spawn(process.execPath, ["--no-warnings", file, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    this.process = started;
    started.stdout.on("data", (text: Buffer) => this.#add(text));
    started.stderr.on("data", (text: Buffer) => this.#add(text));
    this.exited = new Promise((resolve) => started.once("close", resolve));
    void this.exited.then(() => this.#changed());
  }

  /** Resolves with the first line of the output. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.output.indexOf("\n");
      if (end >= 0) return this.output.slice(0, end);
      if (this.process.exitCode !== null)
        throw new Error(`the process ended without a line: ${this.output}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Stops the process. Resolves when the kernel reports every thread as stopped. */
  async stop(): Promise<void> {
    this.process.kill("SIGSTOP");
    await eventually("the process stopped", () => this.#threads().every((state) => state === "T"));
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
  }

  /** The states of the threads, as Linux names them. */
  #threads(): string[] {
    const folder = `/proc/${this.process.pid}/task`;
    return readdirSync(folder).map((thread) => {
      const stat = readFileSync(`${folder}/${thread}/stat`, "utf8");
      return stat.charAt(stat.lastIndexOf(")") + 2);
    });
  }

  #add(text: Buffer): void {
    this.output += text.toString();
    this.#changed();
  }
}
