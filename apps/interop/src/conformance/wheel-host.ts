import { fileURLToPath } from "node:url";
import { Child } from "../process/child.ts";

const script = fileURLToPath(new URL("../../python/conformance_serve.py", import.meta.url));

interface Ready {
  readonly ready: true;
  readonly address: string;
  readonly contracts: Readonly<Record<string, string>>;
}

/** The wheel hosting the conformance services, in a process of its own. */
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

  /** How often sessions were told that they are over, by the tag of the last `count` in them. */
  closesOf(tag: string): number {
    return this.#child.lines.filter((line) => (line as { tag?: unknown }).tag === tag).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
