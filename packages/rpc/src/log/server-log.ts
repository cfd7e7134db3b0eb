import type { Connection } from "@aster/transport";
import type { AdmissionOutcome } from "@aster/trust";
import { RpcError } from "../error.ts";
import type { Denial } from "../server/denial.ts";
import type { ServerFault } from "../server/errors.ts";
import { fieldsOf, type LoggedCall, rounded } from "./call-fields.ts";
import { ConnectionLog } from "./connection-log.ts";
import { LimitedWarnings } from "./limited-warnings.ts";
import { type Log, type LogFields, placesOf } from "./log.ts";

/** The part of the library and the message of a warning. */
type Line = readonly [logger: string, msg: string];

const REFUSED: Line = ["aster.rpc", "call refused by a limit"];
const DENIED: Line = ["aster.admission", "admission denied"];
const NOT_RENEWED: Line = ["aster.admission", "credential not renewed"];
const REFUSED_CONNECTION: Line = ["aster.admission", "connection refused"];
const CROWDED: Line = ["aster.transport", "connection refused by a limit"];
const DENIED_CALL: Line = ["aster.rpc", "call denied"];

/** The lines of a server about calls and admissions. */
export class ServerLog {
  readonly #log: Log;
  readonly #warnings: LimitedWarnings;
  /** The lines about connections. */
  readonly connections: ConnectionLog;

  constructor(log: Log) {
    this.#log = log;
    this.connections = new ConnectionLog(log);
    this.#warnings = new LimitedWarnings(log);
  }

  started(fields: LogFields): void {
    this.#log.write("info", "aster.server", "server started", fields);
  }

  stopping(): void {
    this.#log.write("info", "aster.server", "server stopping");
  }

  /** `drained`: all calls have ended by themselves. */
  stopped(drained: boolean): void {
    this.#log.write("info", "aster.server", "server stopped", { drained });
  }

  /** There are too many connections to keep this one. */
  crowded({ peer, alpn }: Connection): void {
    this.#limited(CROWDED, alpn, { peer, alpn });
  }

  /** A call passed the checks of its header. */
  began(call: LoggedCall): void {
    // the id of the call is made when it is read
    if (!this.#showsCalls) return;
    const { requestId, service, method, peer } = call;
    const fields = { request_id: requestId, service, method, peer };
    this.#log.write("debug", "aster.rpc", "call began", fields);
  }

  /** Lines about single calls are wanted. */
  get #showsCalls(): boolean {
    return this.#log.enabled("debug", "aster.rpc");
  }

  /** A call that began at this time, as of `now()`, has ended, with this error or OK. */
  ended(call: LoggedCall, startedAt: number, error: RpcError | undefined): void {
    const reason = error?.details.reason;
    const limited = reason?.startsWith("limit.");
    if (!limited && !this.#showsCalls) return;
    const fields = fieldsOf(call, startedAt, error);
    if (limited) this.#limited(REFUSED, reason ?? "", fields);
    else this.#log.write("debug", "aster.rpc", error ? "call failed" : "call ended", fields);
  }

  /** A header was refused, before its call began. */
  refused(peer: string, refusal: unknown): void {
    const error = RpcError.from(refusal);
    const { reason } = error.details;
    const fields = { peer, status_code: error.code, reason, error };
    if (reason?.startsWith("limit.")) this.#limited(REFUSED, reason, fields);
    else this.#log.write("debug", "aster.rpc", "call refused", fields);
  }

  /** The server's own code failed. */
  failed(fault: ServerFault, requestId: string | undefined): void {
    const { errorId, service, method, peer, cause } = fault;
    this.#log.write("error", "aster.rpc", `${method || service || "the server"} failed`, {
      request_id: requestId,
      service: service || undefined,
      method: method || undefined,
      peer: peer || undefined,
      error_id: errorId,
      error: cause,
      stack: placesOf(cause),
    });
  }

  /** A peer has opened a connection to ask for admission. */
  asked({ peer, alpn }: Connection): void {
    this.#log.write("debug", "aster.admission", "admission requested", { peer, alpn });
  }

  /** A gate has decided about a peer. Of the denials of a limit, the first of a burst is logged. */
  decided(outcome: AdmissionOutcome, durationMs: number): void {
    const { peer, admitted, reason, cause, error, repeated, credentialId } = outcome;
    if (repeated) return;
    const duration_ms = rounded(durationMs);
    const credential_id = credentialId;
    if (admitted) {
      // the admission holds; the operator has to repair the renewal
      if (error !== undefined) this.#limited(NOT_RENEWED, "", { peer, error });
      this.#log.write("info", "aster.admission", "peer admitted", {
        peer,
        duration_ms,
        credential_id,
      });
      return;
    }
    this.#limited(DENIED, cause ?? "", { peer, duration_ms, reason, cause, error, credential_id });
  }

  /** A gate has denied a connection or a call. */
  denied({ gate, peer, cause, method, alpn, count, error }: Denial): void {
    const line = method === undefined ? REFUSED_CONNECTION : DENIED_CALL;
    const status_code = error === undefined ? undefined : RpcError.from(error).code;
    const fields = { gate, peer, cause, method, alpn, count, status_code, error };
    this.#limited(line, `${gate} ${cause}`, fields);
  }

  /** Writes a warning that a peer has caused. */
  #limited([logger, msg]: Line, kind: string, fields: LogFields): void {
    this.#warnings.write(`${msg} ${kind}`, logger, msg, fields);
  }
}
