import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

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

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
  }

  #add(text: Buffer): void {
    this.output += text.toString();
    this.#changed();
  }
}
