import { fileURLToPath } from "node:url";
import { WheelCommands, type WheelError } from "../../src/process/wheel-commands.ts";
import { fromWheel, toWheel } from "../../src/process/wheel-values.ts";
import { WheelSession, type WheelSessionWay } from "./wheel-session.ts";

const script = fileURLToPath(new URL("../../python/drive.py", import.meta.url));

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

/** The wheel as a client, in one process of its own that makes many calls (python/drive.py). */
export class WheelClient implements AsyncDisposable {
  readonly #commands: WheelCommands;
  #sessions = 0;

  private constructor(commands: WheelCommands) {
    this.#commands = commands;
  }

  static async start(python: string): Promise<WheelClient> {
    return new WheelClient(await WheelCommands.start(python, script));
  }

  /** Connects under a name and does admission; the services it was told of. */
  connect(name: string, address: string): Promise<readonly WheelService[]> {
    return this.#commands.do({ op: "connect", name, address }) as Promise<readonly WheelService[]>;
  }

  /** Sends a text on the admission protocol; the text that came back. */
  admission(address: string, request: string): Promise<string> {
    return this.#commands.do({ op: "admission", address, request }) as Promise<string>;
  }

  async call(name: string, call: WheelCall): Promise<WheelOutcome> {
    const requests = call.requests.map(toWheel);
    const outcome = await this.#commands.do({ op: "call", via: "typed", ...call, name, requests });
    return fromWheel(outcome) as WheelOutcome;
  }

  /** n echo calls at once, numbered. */
  load(name: string, via: "typed" | "proxy", n: number) {
    const command = { op: "load", name, via, n, method: "echo", request: {} };
    return this.#commands.do(command) as Promise<{ numbers: number[]; errors: WheelError[] }>;
  }

  /** Opens a session with Testkit and calls in it: that rejects, for the service has no sessions. */
  async session(name: string): Promise<void> {
    await this.#commands.do({ op: "session", name });
  }

  /** Opens a session with Counter: with the wheel's typed client in Fory or in JSON, or with its proxy. */
  async openSession(name: string, via: WheelSessionWay): Promise<WheelSession> {
    this.#sessions += 1;
    const session = `session ${this.#sessions}`;
    await this.#commands.do({ op: "openSession", name, session, via });
    return new WheelSession(session, (command) => this.#commands.do(command));
  }

  /** The contract ids that the wheel computes for its services. */
  contractIds(): Promise<Readonly<Record<string, string>>> {
    return this.#commands.do({ op: "contract" }) as Promise<Readonly<Record<string, string>>>;
  }

  async close(name: string): Promise<void> {
    await this.#commands.do({ op: "close", name });
  }

  /** Ends the process without a word to anybody. */
  kill(): void {
    this.#commands.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#commands[Symbol.asyncDispose]();
  }
}
