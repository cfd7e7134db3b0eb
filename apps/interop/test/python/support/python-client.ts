import {
  fromPython,
  PythonCommands,
  type PythonError,
  toPython,
} from "@aster-apps/conformance/python";
import { PythonSession, type PythonSessionKind } from "./python-session.ts";

const script = new URL("../../../python/drive.py", import.meta.url);

export interface PythonCall {
  readonly method: string;
  readonly pattern: "unary" | "serverStream" | "clientStream" | "bidi";
  readonly requests: readonly unknown[];
  /**
   * The typed client sends Fory, the proxy sends JSON. `typed-json` is the typed client as it
   * behaves with a server that offers only JSON: it sends JSON under a header that says XLANG, and
   * cannot send bytes. Default: `typed`.
   */
  readonly via?: "typed" | "typed-json" | "proxy";
  /** For the proxy. Default: Testkit. */
  readonly service?: string;
  /** Leaves a server stream after this many items. */
  readonly take?: number;
  /** In seconds, like in the Python package. For typed calls. */
  readonly timeout?: number;
  /** For typed calls. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface PythonOutcome {
  readonly replies: readonly Record<string, unknown>[];
  readonly error: PythonError | null;
  readonly ms: number;
}

export interface PythonService {
  readonly name: string;
  readonly version: number;
  readonly contractId: string;
  readonly channels: Readonly<Record<string, string>>;
  readonly pattern: string;
  readonly modes: readonly string[];
}

/** The files that the client presents at its admission. Default: none. */
export interface PythonAdmission {
  /** A file with a credential, which needs the public `root` key. */
  readonly credential?: string;
  readonly root?: string;
  /** An identity file and the name of one of its entries. */
  readonly identity?: string;
  readonly peer?: string;
}

/** The Python package as a client, in its own process, which makes many calls (python/drive.py). */
export class PythonClient implements AsyncDisposable {
  readonly #commands: PythonCommands;
  #sessions = 0;

  private constructor(commands: PythonCommands) {
    this.#commands = commands;
  }

  static async start(python: string): Promise<PythonClient> {
    return new PythonClient(await PythonCommands.start(python, script));
  }

  /** Connects under a name and requests admission; returns the services in the answer. */
  connect(
    name: string,
    address: string,
    admission: PythonAdmission = {},
  ): Promise<readonly PythonService[]> {
    const command = { op: "connect", name, address, ...admission };
    return this.#commands.do(command) as Promise<readonly PythonService[]>;
  }

  /** Sends a text on the admission protocol; returns the text of the answer. */
  admission(address: string, request: string): Promise<string> {
    return this.#commands.do({ op: "admission", address, request }) as Promise<string>;
  }

  async call(name: string, call: PythonCall): Promise<PythonOutcome> {
    const requests = call.requests.map(toPython);
    const outcome = await this.#commands.do({ op: "call", via: "typed", ...call, name, requests });
    return fromPython(outcome) as PythonOutcome;
  }

  /** Makes n numbered echo calls at once. */
  load(name: string, via: "typed" | "proxy", n: number) {
    const command = { op: "load", name, via, n, method: "echo", request: {} };
    return this.#commands.do(command) as Promise<{ numbers: number[]; errors: PythonError[] }>;
  }

  /** Opens a session with Testkit and calls in it. Rejects, because the service has no sessions. */
  async session(name: string): Promise<void> {
    await this.#commands.do({ op: "session", name });
  }

  /** Opens a session with Counter. */
  async openSession(name: string, via: PythonSessionKind): Promise<PythonSession> {
    this.#sessions += 1;
    const session = `session ${this.#sessions}`;
    await this.#commands.do({ op: "openSession", name, session, via });
    return new PythonSession(session, (command) => this.#commands.do(command));
  }

  /** Returns the contract ids that the Python package computes for its services. */
  contractIds(): Promise<Readonly<Record<string, string>>> {
    return this.#commands.do({ op: "contract" }) as Promise<Readonly<Record<string, string>>>;
  }

  async close(name: string): Promise<void> {
    await this.#commands.do({ op: "close", name });
  }

  /** Kills the process, so that its peers are not informed. */
  kill(): void {
    this.#commands.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#commands[Symbol.asyncDispose]();
  }
}
