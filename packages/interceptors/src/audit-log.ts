import type { Interceptor } from "@aster/rpc";
import { observe } from "./outcome.ts";

/** One call, as it is kept for later. Nothing of what was said in it: no message, no metadata, no error text. */
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
  /** Takes each record when its call is over. What it throws is ignored: the call has happened. */
  readonly write: (record: AuditRecord) => void;
}

/** Writes one record per call, on either side. A streaming call is over when its stream ends. */
export function auditLogInterceptor({ write }: AuditLogOptions): Interceptor {
  return (call, next) => {
    const startedAtEpochMs = Date.now();
    const { side, peer, service, method } = call;
    return observe(call, next, ({ code, durationMs }) => {
      try {
        write({ startedAtEpochMs, side, peer, service, method, code, durationMs });
      } catch {
        // a full disk must not turn an answer into an error
      }
    });
  };
}
