import type { PythonError } from "@aster-apps/conformance/python";

/**
 * The client that opens a session: typed in Fory, typed in JSON, or the proxy, which supports unary
 * methods only.
 */
export type PythonSessionKind = "typed" | "json" | "proxy";

export interface PythonReply {
  readonly replies: readonly { readonly total: number; readonly peer: string }[];
  readonly error: PythonError | null;
}

/** A Counter session that the Python package has opened (python/drive_session.py). */
export class PythonSession {
  readonly #session: string;
  readonly #do: (command: object) => Promise<unknown>;

  constructor(session: string, run: (command: object) => Promise<unknown>) {
    this.#session = session;
    this.#do = run;
  }

  async call(
    method: string,
    requests: readonly unknown[],
    metadata?: Readonly<Record<string, string>>,
  ): Promise<PythonReply> {
    const command = { op: "inSession", session: this.#session, method, requests, metadata };
    return (await this.#do(command)) as PythonReply;
  }

  /** Begins an `add_all` call and sends these requests. */
  async beginCall(requests: readonly unknown[]): Promise<void> {
    await this.#do({ op: "beginCall", session: this.#session, requests });
  }

  /** Cancels the begun call; resolves when the server has answered the cancellation. */
  async cancelCall(): Promise<void> {
    await this.#do({ op: "cancelCall", session: this.#session });
  }

  async close(): Promise<void> {
    await this.#do({ op: "closeSession", session: this.#session });
  }
}
