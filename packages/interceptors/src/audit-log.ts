import { type Interceptor, observeCall, optionError } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

/** The record of one call. It contains no messages, no metadata and no error text. */
export interface AuditRecord {
  readonly startedAtEpochMs: number;
  readonly side: "client" | "server";
  /** Endpoint id of the other side. */
  readonly peer: string;
  readonly service: string;
  readonly method: string;
  /** A status code; 0 is OK. */
  readonly code: number;
  readonly durationMs: number;
}

export interface AuditLogOptions {
  /**
   * Receives each record at the end of its call. An error that it throws is ignored, and so is the
   * rejection of a promise that it returns.
   */
  readonly write: (record: AuditRecord) => void;
}

/** Writes one record per call, on clients and servers. A streaming call ends with its stream. */
export function auditLog(options: AuditLogOptions): Interceptor {
  checkNames("auditLog", options, ["write"]);
  const { write } = options;
  if (typeof write !== "function") throw optionError("write", "a function", write);
  return (call, next) => {
    const startedAtEpochMs = Date.now();
    const { side, peer, service, method } = call;
    return observeCall(call, next, ({ code, durationMs }) => {
      try {
        const record = { startedAtEpochMs, side, peer, service, method, code, durationMs };
        const result: unknown = write(record);
        // an async function is accepted too; its rejection would end the process
        Promise.resolve(result).catch(() => {});
      } catch {
        // a log that fails, for instance on a full disk, must not fail the call
      }
    });
  };
}

/** `new AuditLogInterceptor(options)` is {@link auditLog}. */
export const AuditLogInterceptor: InterceptorClass<typeof auditLog> = interceptorClass(
  "AuditLogInterceptor",
  auditLog,
);
