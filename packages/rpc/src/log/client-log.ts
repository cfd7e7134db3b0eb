import type { ClientState } from "../client-options.ts";
import type { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import { LineLimit } from "./line-limit.ts";
import type { Log } from "./log.ts";
import { newRequestId } from "./request-id.ts";

/** The most lines of one kind in 10 s, for a peer that fails every call. */
const MOST_LINES = 20;

/** Failures that are a fault of a program or of the network, and not an answer to the request. */
const faults: ReadonlySet<number> = new Set([
  StatusCode.UNKNOWN,
  StatusCode.INTERNAL,
  StatusCode.UNAVAILABLE,
  StatusCode.DATA_LOSS,
]);

const states: Readonly<Record<ClientState, string>> = {
  connected: "connected again",
  connecting: "connecting",
  disconnected: "connection lost",
  closed: "client closed",
};

/** The call of a client that has a log. */
export interface LoggedClientCall {
  /** Sent in the header, so that the server's lines have it too. */
  readonly requestId: string;
  /** The call has ended, with this error or OK. */
  ended(error: RpcError | undefined): void;
}

/** The lines of a client about its connection and its calls. */
export class ClientLog {
  readonly #log: Log;
  readonly #limit = new LineLimit(MOST_LINES);

  constructor(log: Log) {
    this.#log = log;
  }

  static of(log: Log | undefined): ClientLog | undefined {
    return log && new ClientLog(log);
  }

  connected(peer: string, durationMs: number): void {
    const fields = { peer, duration_ms: rounded(durationMs) };
    this.#log.write("info", "aster.client", "connected", fields);
  }

  changed(peer: string, state: ClientState, error: RpcError | undefined): void {
    const level = state === "disconnected" ? "warning" : state === "connecting" ? "debug" : "info";
    const fields = { peer, status_code: error?.code, reason: error?.details.reason, error };
    this.#log.write(level, "aster.client", states[state], fields);
  }

  /** Begins a call. */
  begin(service: string, method: string, peer: string): LoggedClientCall {
    const requestId = newRequestId();
    const startedAt = now();
    return {
      requestId,
      ended: (error) => {
        const fields = {
          request_id: requestId,
          service,
          method,
          peer,
          duration_ms: rounded(now() - startedAt),
          status_code: error?.code ?? StatusCode.OK,
          reason: error?.details.reason,
          error,
        };
        if (error === undefined) this.#log.write("debug", "aster.rpc", "call ended", fields);
        else this.#failed(error.code, fields);
      },
    };
  }

  #failed(code: number, fields: Readonly<Record<string, unknown>>): void {
    if (!faults.has(code)) {
      this.#log.write("debug", "aster.rpc", "call failed", fields);
      return;
    }
    if (!this.#log.enabled("warning")) return;
    const suppressed = this.#limit.pass(String(code));
    if (suppressed === undefined) return;
    const all = suppressed === 0 ? fields : { ...fields, suppressed };
    this.#log.write("warning", "aster.rpc", "call failed", all);
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
