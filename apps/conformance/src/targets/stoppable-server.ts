import { Child, testkitCommand } from "@aster-apps/testkit/process";

/**
 * A testkit server in its own process that can be suspended: it then answers no packets, but keeps
 * those that arrive.
 */
export class StoppableServer implements AsyncDisposable {
  readonly address: string;
  readonly #child: Child;

  private constructor(child: Child, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(idleMs: number): Promise<StoppableServer> {
    const [node, ...program] = testkitCommand;
    const options = ["--bind", "127.0.0.1:0", "--idle-ms", String(idleMs)];
    const child = new Child(node, [...program, "serve", ...options]);
    const isReady = (value: unknown): value is { readonly address: string } =>
      "ready" in (value as object);
    return new StoppableServer(child, (await child.line(isReady)).address);
  }

  stop(): void {
    this.#child.signal("SIGSTOP");
  }

  resume(): void {
    this.#child.signal("SIGCONT");
  }

  /** Waits until the server reports an aborted call; returns its method. */
  async aborted(): Promise<string> {
    const isAborted = (value: unknown): value is { readonly method: string } =>
      (value as { readonly event?: unknown }).event === "aborted";
    return (await this.#child.line(isAborted)).method;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    this.#child.send({ cmd: "drain" });
    return this.#child[Symbol.asyncDispose]();
  }
}
