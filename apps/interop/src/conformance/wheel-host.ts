import { fileURLToPath } from "node:url";
import { Child } from "../process/child.ts";

const script = fileURLToPath(new URL("../../python/conformance_serve.py", import.meta.url));

interface Ready {
  readonly ready: true;
  readonly address: string;
  readonly contracts: Readonly<Record<string, string>>;
}

/** The wheel hosting the conformance service, in a process of its own. */
export class WheelHost implements AsyncDisposable {
  readonly #child: Child;
  readonly ready: Ready;

  private constructor(child: Child, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  static async start(python: string): Promise<WheelHost> {
    const child = new Child(python, ["-B", script]);
    const ready = await child.line((value): value is Ready => (value as Ready).ready);
    return new WheelHost(child, ready);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
