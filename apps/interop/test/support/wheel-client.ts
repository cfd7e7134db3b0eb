import { fileURLToPath } from "node:url";
import { Child } from "../../src/process/child.ts";
import { fromWheel, toWheel } from "../../src/process/wheel-values.ts";

import { WheelSession, type WheelSessionWay } from "./wheel-session.ts";

const script = fileURLToPath(new URL("../../python/drive.py", import.meta.url));

/** An error that the wheel raised: `code` only where it was a status. */
export interface WheelError {
  readonly type: string;
  readonly code?: number;
  readonly message: string;
  readonly details?: Readonly<Record<string, string>>;
}

export interface WheelCall {
  readonly method: string;
  readonly pattern: "unary" | "serverStream" | "clientStream" | "bidi";
  readonly requests: readonly unknown[];
  /**
   * The typed client speaks Fory, the proxy JSON. `typed-json` is the typed client as it is where a server offers JSON only:
   * it sends JSON under a header that says XLANG, and cannot send bytes.
   */
  readonly via?: "typed" | "typed-json" | "proxy";
  /** Proxy only. */
  readonly service?: string;
  /** Leaves a server stream after so many items. */
  readonly take?: number;
  /** In seconds, as the wheel has it. Typed calls only, like the metadata. */
  readonly timeout?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface WheelOutcome {
  readonly replies: readonly Record<string, unknown>[];
  readonly error: WheelError | null;
  readonly ms: number;
}

export interface WheelService {
  readonly name: string;
  readonly version: number;
  readonly contractId: string;
  readonly channels: Readonly<Record<string, string>>;
  readonly pattern: string;
  readonly modes: readonly string[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: WheelError;
}

/** The wheel as a client, in one process of its own that makes many calls (python/drive.py). */
export class WheelClient implements AsyncDisposable {
  readonly #child: Child;
  #last = 0;
  #sessions = 0;

  constructor(child: Child) {
    this.#child = child;
  }

  static async start(python: string): Promise<WheelClient> {
    const child = new Child(python, ["-B", script]);
    await child.line((value): value is object => "ready" in (value as object));
    return new WheelClient(child);
  }

  /** Connects under a name and does admission; the services it was told of. */
  connect(name: string, address: string): Promise<readonly WheelService[]> {
    return this.#do({ op: "connect", name, address }) as Promise<readonly WheelService[]>;
  }

  /** Sends a text on the admission protocol; the text that came back. */
  admission(address: string, request: string): Promise<string> {
    return this.#do({ op: "admission", address, request }) as Promise<string>;
  }

  async call(name: string, call: WheelCall): Promise<WheelOutcome> {
    const requests = call.requests.map(toWheel);
    const outcome = await this.#do({ op: "call", via: "typed", ...call, name, requests });
    return fromWheel(outcome) as WheelOutcome;
  }

  /** n echo calls at once, numbered. */
  load(name: string, via: "typed" | "proxy", n: number) {
    const command = { op: "load", name, via, n, method: "echo", request: {} };
    return this.#do(command) as Promise<{ numbers: number[]; errors: WheelError[] }>;
  }

  /** Opens a session with Testkit and calls in it: that rejects, for the service has no sessions. */
  async session(name: string): Promise<void> {
    await this.#do({ op: "session", name });
  }

  /** Opens a session with Counter: with the wheel's typed client in Fory or in JSON, or with its proxy. */
  async openSession(name: string, via: WheelSessionWay): Promise<WheelSession> {
    this.#sessions += 1;
    const session = `session ${this.#sessions}`;
    await this.#do({ op: "openSession", name, session, via });
    return new WheelSession(session, (command) => this.#do(command));
  }

  /** The contract ids that the wheel computes for its services. */
  contractIds(): Promise<Readonly<Record<string, string>>> {
    return this.#do({ op: "contract" }) as Promise<Readonly<Record<string, string>>>;
  }

  async close(name: string): Promise<void> {
    await this.#do({ op: "close", name });
  }

  /** Ends the process without a word to anybody. */
  kill(): void {
    this.#child.signal("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }

  async #do(command: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    this.#child.send({ id, ...command });
    const answer = await this.#child.line((value): value is Answer => (value as Answer).id === id);
    if (answer.error === undefined) return answer.result;
    throw Object.assign(new Error(`${answer.error.type}: ${answer.error.message}`), answer.error);
  }
}
