import type { AuditedCall, AuditTarget } from "@aster/rpc";
import { statusName } from "@aster/rpc";
import {
  type CallEnd,
  type CallFacts,
  callHooks,
  checkInteger,
  epochMs,
  type Interceptor,
  type MethodFacts,
} from "@aster/rpc/interceptor";
import { type AuditLogStats, type AuditSink, auditWriter } from "./audit-sink.ts";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { isoTime } from "./iso-time.ts";
import { checkFunction, checkNames } from "./option-check.ts";

/** A line of JSON has about 400 bytes; a name in it at most 200 characters. */
const LEAST_BUFFERED_BYTES = 4096;
const BUFFERED_BYTES = 8 * 1024 * 1024;

export interface AuditLogOptions {
  /** The destination of the records. The caller closes it. */
  readonly sink: AuditSink;
  /**
   * The bytes that may wait in a stream that is slow. Further records are left out; when there is
   * room, a line `{"event":"lost","count":…}` says how many. At least 4096. Default: 8 MiB.
   */
  readonly maxBufferedBytes?: number | undefined;
  /**
   * Called with each error of the sink: one that a function throws or rejects with, or the event of
   * a stream. Default: a process warning about the first one.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * An interceptor that writes records, and the audit log of a server. As `audit` of a server it also
 * has the denied admissions, and the calls that are refused before interceptors run.
 */
export interface AuditLog extends Interceptor, AuditTarget {
  stats(): AuditLogStats;
}

/**
 * Writes one record per call, when the call has ended: as an interceptor on clients, and as the
 * option `audit` of servers. A streaming call ends with its stream. Calls never wait for the sink,
 * and its failures have no effect on them.
 *
 * Throws `RpcError` INVALID_ARGUMENT for a bad option.
 */
export function auditLog(options: AuditLogOptions): AuditLog {
  checkNames("auditLog", options, ["sink", "maxBufferedBytes", "onError"]);
  const { sink, maxBufferedBytes = BUFFERED_BYTES, onError } = options;
  checkInteger("maxBufferedBytes", maxBufferedBytes, LEAST_BUFFERED_BYTES, Number.MAX_SAFE_INTEGER);
  checkFunction("onError", onError);
  const writer = auditWriter(sink, maxBufferedBytes, onError);
  const interceptor = callHooks((method) => ({
    end: (end, call) => writer.write(recordOf(method, call, end)),
  }));
  return Object.assign(interceptor, {
    record: writer.write,
    stats: writer.stats,
  });
}

/** `new AuditLogInterceptor(options)` is {@link auditLog}. */
export const AuditLogInterceptor: InterceptorClass<typeof auditLog> = interceptorClass(
  "AuditLogInterceptor",
  auditLog,
);

function recordOf(of: MethodFacts, call: CallFacts, end: CallEnd): AuditedCall {
  const { side, service, method, pattern } = of;
  const { peer, attempt, context } = call;
  const { code, requests, responses, durationMs } = end;
  return {
    event: "call",
    time: isoTime(epochMs() - durationMs),
    side,
    peer,
    credentialId: context?.credentialId,
    durationMs,
    service,
    method,
    pattern,
    code,
    status: statusName(code),
    requests,
    responses,
    attempt: side === "client" ? attempt : undefined,
    requestId: context?.requestId,
  };
}
