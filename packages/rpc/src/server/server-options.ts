import type { CompressionSetting, Interceptor } from "@aster/contract";
import type { PeerRecord } from "@aster/trust";
import type { AuditTarget } from "../audit/audit-record.ts";
import type { RpcLimitOptions } from "../limits.ts";
import type { LogOption } from "../log/log-record.ts";
import type { Denial } from "./denial.ts";
import type { ServerFault } from "./errors.ts";

/** The peers that were admitted, by endpoint id; a `PeerStore` of `@aster/trust` is one. */
export interface PeerDirectory {
  get(endpointId: string): PeerRecord | undefined;
  /**
   * The number of changes so far. A server looks a peer up again when it has changed. Default: the
   * server looks the peer up for each call.
   */
  readonly changes?: number;
  /** Calls back for each peer whose admission has ended, when it ends. */
  onLapse?(listener: (endpointId: string) => void): unknown;
}

export interface ServerOptions {
  /**
   * Instances of decorated classes, the classes themselves for session-scoped services, and results
   * of `implement`.
   */
  readonly services: readonly object[];
  /**
   * Run around every call, outside the interceptors of the services. The first is the outermost.
   */
  readonly interceptors?: readonly Interceptor[] | undefined;
  readonly limits?: RpcLimitOptions | undefined;
  /**
   * The compression of the responses of services and methods without a setting of their own.
   * `false`: of no service and no method. Default: messages of more than 4096 bytes.
   */
  readonly compression?: CompressionSetting | undefined;
  /** The source of a peer's attributes and roles. Default: no peer has any. */
  readonly peers?: PeerDirectory | undefined;
  /**
   * Refuses calls of peers that `peers` does not list, with UNAUTHENTICATED. Checked for every
   * call, but not for callers in this program. When `peers` reports the end of an admission, the
   * calls and sessions of that peer end too. Default: false.
   */
  readonly requireAdmission?: boolean | undefined;
  /**
   * Called with every access that the server denied: calls and sessions without a capability or an
   * admission, and calls that an interceptor ended before the handler ran.
   */
  readonly onDenied?: ((denial: Denial) => void) | undefined;
  /**
   * Called with every failure of the server's own code: handlers, responses of the wrong type,
   * session instances and callbacks. Default: a process warning `AsterHandlerError` with the error
   * id, the cause and its stack; under `NODE_ENV=production` in one line. With `log` none.
   */
  readonly onError?: ((fault: ServerFault) => void) | undefined;
  /** The log of calls and failures (docs/guide/logging.md). Default: none. */
  readonly log?: LogOption | undefined;
  /**
   * The audit log: a record per call, including refused ones, and per denied admission and
   * connection (docs/guide/audit.md). The caller closes it. Default: none.
   */
  readonly audit?: AuditTarget | undefined;
}

export interface DrainOptions {
  /** The time that running calls have to end. Default: 10 s. With 0 the result is known at once. */
  readonly graceMs?: number | undefined;
}
