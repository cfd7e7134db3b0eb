import type { Child } from "@aster-apps/testkit/process";
import { pythonScript } from "../python/script.ts";

const script = new URL("../../python/serve.py", import.meta.url);

interface Ready {
  readonly ready: true;
  readonly address: string;
  readonly contracts: Readonly<Record<string, string>>;
}

/** The Python package as a server of the conformance services, in its own process. */
export class PythonHost implements AsyncDisposable {
  readonly #child: Child;
  readonly ready: Ready;

  private constructor(child: Child, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  static async start(python: string): Promise<PythonHost> {
    const child = pythonScript(python, script);
    const ready = await child.line((value): value is Ready => (value as Ready).ready);
    return new PythonHost(child, ready);
  }

  /** Returns the number of closed sessions by the tag of their last `count`. */
  closesOf(tag: string): number {
    return this.#child.lines.filter((line) => (line as { tag?: unknown }).tag === tag).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
