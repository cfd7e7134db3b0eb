import type { ClientState } from "../client-options.ts";
import type { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import { fieldsOf, rounded } from "./call-fields.ts";
import { ConnectionLog } from "./connection-log.ts";
import { LimitedWarnings } from "./limited-warnings.ts";
import type { Log, LogFields } from "./log.ts";
import { newRequestId } from "./request-id.ts";

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
  readonly #warnings: LimitedWarnings;
  /** The lines about connections. */
  readonly connections: ConnectionLog;

  constructor(log: Log) {
    this.#log = log;
    this.connections = new ConnectionLog(log);
    this.#warnings = new LimitedWarnings(log);
  }

  static of(log: Log | undefined): ClientLog | undefined {
    return log && new ClientLog(log);
  }

  connected(peer: string, durationMs: number): void {
    const fields = { peer, duration_ms: rounded(durationMs) };
    this.#log.write("info", "aster.client", "connected", fields);
  }

  /** The client asks a peer for admission. */
  asking(peer: string, credentialId: string | undefined): void {
    const fields = { peer, credential_id: credentialId };
    this.#log.write("debug", "aster.admission", "admission requested", fields);
  }

  /** The request for admission that began at this time, as of `now()`, has this result. */
  asked(peer: string, startedAt: number, error?: unknown): void {
    const msg = error === undefined ? "admitted" : "admission failed";
    const fields = { peer, duration_ms: rounded(now() - startedAt), error };
    this.#log.write("debug", "aster.admission", msg, fields);
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
    const began = { request_id: requestId, service, method, peer };
    this.#log.write("debug", "aster.rpc", "call began", began);
    return {
      requestId,
      ended: (error) => {
        const fields = fieldsOf({ requestId, service, method, peer }, startedAt, error);
        if (error === undefined) this.#log.write("debug", "aster.rpc", "call ended", fields);
        else this.#failed(error.code, fields);
      },
    };
  }

  #failed(code: number, fields: LogFields): void {
    if (faults.has(code)) {
      this.#warnings.write(String(code), "aster.rpc", "call failed", fields);
    } else this.#log.write("debug", "aster.rpc", "call failed", fields);
  }
}
