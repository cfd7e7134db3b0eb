import { fileURLToPath } from "node:url";
import { Child } from "../../src/process/child.ts";

const script = fileURLToPath(new URL("../../python/serve.py", import.meta.url));

interface Ready {
  readonly ready: true;
  readonly id: string;
  readonly address: string;
  readonly addrB64: string;
  readonly contracts: Readonly<Record<string, string>>;
}

/** The wheel hosting Testkit in a process of its own. */
export class WheelServer implements AsyncDisposable {
  readonly #child: Child;
  readonly ready: Ready;

  constructor(child: Child, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  static async start(python: string): Promise<WheelServer> {
    const child = new Child(python, ["-B", script]);
    const ready = await child.line((value): value is Ready => (value as Ready).ready);
    return new WheelServer(child, ready);
  }

  /** Ends the process without a word to anybody. */
  kill(): void {
    this.#child.signal("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
