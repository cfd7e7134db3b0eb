import { fileURLToPath } from "node:url";
import { Child } from "../process/child.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** A testkit server in a process of its own, which can be stopped: it answers no packet then, and loses none that it has. */
export class StoppableServer implements AsyncDisposable {
  readonly address: string;
  readonly #child: Child;

  private constructor(child: Child, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(idleMs: number): Promise<StoppableServer> {
    const tsx = import.meta.resolve("tsx");
    const options = ["--bind", "127.0.0.1:0", "--idle-ms", String(idleMs)];
    const child = new Child(process.execPath, ["--import", tsx, main, "serve", ...options]);
    const isReady = (value: unknown): value is { readonly address: string } =>
      "ready" in (value as object);
    return new StoppableServer(child, (await child.line(isReady)).address);
  }

  stop(): void {
    this.#child.signal("SIGSTOP");
  }

  goOn(): void {
    this.#child.signal("SIGCONT");
  }

  /** The next call whose handler was told that it is given up. */
  async aborted(): Promise<string> {
    const isAborted = (value: unknown): value is { readonly method: string } =>
      (value as { readonly event?: unknown }).event === "aborted";
    return (await this.#child.line(isAborted)).method;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.goOn();
    this.#child.send({ cmd: "drain" });
    return this.#child[Symbol.asyncDispose]();
  }
}
