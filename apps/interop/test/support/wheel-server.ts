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

interface SessionClosed {
  readonly event: "sessionClosed";
  readonly peer: string;
  readonly total: number;
}

/** The wheel hosting Testkit and Counter in a process of its own. */
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

  /** The end of a session with Counter, as soon as one ends that was not asked for before. */
  sessionClosed(): Promise<SessionClosed> {
    return this.#child.line(
      (value): value is SessionClosed => (value as SessionClosed).event === "sessionClosed",
    );
  }

  /** Ends the process without a word to anybody. */
  kill(): void {
    this.#child.signal("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
