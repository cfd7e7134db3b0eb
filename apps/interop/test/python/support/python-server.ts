import { pythonScript } from "@aster-apps/conformance/python";
import type { Child } from "@aster-apps/testkit/process";

const script = new URL("../../../python/serve.py", import.meta.url);

interface Ready {
  readonly ready: true;
  readonly id: string;
  readonly address: string;
  readonly addrB64: string;
  readonly contracts: Readonly<Record<string, string>>;
}

interface SessionClosed {
  readonly event: "sessionClosed";
  readonly peer: string;
  readonly total: number;
}

/** The Python package as a server of Testkit and Counter, in its own process. */
export class PythonServer implements AsyncDisposable {
  readonly #child: Child;
  readonly ready: Ready;

  constructor(child: Child, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  static async start(python: string): Promise<PythonServer> {
    const child = pythonScript(python, script);
    const ready = await child.line((value): value is Ready => (value as Ready).ready);
    return new PythonServer(child, ready);
  }

  /** Waits for the next end of a Counter session. */
  sessionClosed(): Promise<SessionClosed> {
    return this.#child.line(
      (value): value is SessionClosed => (value as SessionClosed).event === "sessionClosed",
    );
  }

  /** Kills the process, so that its peers are not informed. */
  kill(): void {
    this.#child.signal("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
