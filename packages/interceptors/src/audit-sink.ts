import type { Writable } from "node:stream";
import type { AuditRecord } from "@aster/rpc";
import { epochMs, optionError, printFailure } from "@aster/rpc/interceptor";
import { BoundedLines } from "./bounded-lines.ts";

/** A logger with the methods of pino that an audit log uses. */
export interface AuditLogger {
  info(fields: object, msg: string): void;
  warn(fields: object, msg: string): void;
}

/**
 * The destination of an audit log:
 *
 * - a function, which receives each record
 * - a stream, which receives one line of JSON per record
 * - a pino logger: denials have the level `warn`, other calls `info`, and `time` is `startedAt`
 */
export type AuditSink = ((record: AuditRecord) => unknown) | Writable | AuditLogger;

/** The records that were passed on, and those that a sink did not take. */
export interface AuditLogStats {
  readonly written: number;
  readonly lost: number;
}

/** Passes records to a sink. It never throws. */
export interface AuditWriter {
  write(record: AuditRecord): void;
  stats(): AuditLogStats;
}

/** Throws INVALID_ARGUMENT for a value that is not a sink. */
export function auditWriter(
  sink: AuditSink,
  maxBufferedBytes: number,
  onError: ((error: unknown) => void) | undefined,
): AuditWriter {
  const failed = failureReport(onError);
  if (isStream(sink)) return streamWriter(sink, maxBufferedBytes, failed);
  if (typeof sink === "function") return callWriter(sink, failed);
  if (isLogger(sink)) return callWriter((record) => log(sink, record), failed);
  throw optionError("sink", "a function, a writable stream or a logger with info and warn", sink);
}

function isStream(sink: AuditSink): sink is Writable {
  const { write, on } = (sink ?? {}) as Partial<Writable>;
  return typeof write === "function" && typeof on === "function";
}

function isLogger(sink: AuditLogger): boolean {
  return typeof sink?.info === "function" && typeof sink.warn === "function";
}

function streamWriter(
  stream: Writable,
  maxBufferedBytes: number,
  failed: (error: unknown) => void,
): AuditWriter {
  const lineOfLost = (count: number): string =>
    JSON.stringify({ time: new Date(epochMs()).toISOString(), event: "lost", count });
  const lines = new BoundedLines(stream, maxBufferedBytes, lineOfLost, failed);
  return { write: (record) => lines.write(JSON.stringify(record)), stats: () => lines.counts };
}

function callWriter(
  pass: (record: AuditRecord) => unknown,
  failed: (error: unknown) => void,
): AuditWriter {
  let written = 0;
  let lost = 0;
  const lose = (error: unknown): void => {
    written -= 1;
    lost += 1;
    failed(error);
  };
  return {
    write(record) {
      written += 1;
      try {
        const result = pass(record);
        // an async function is accepted too; its rejection would end the process
        if (isPromiseLike(result)) Promise.resolve(result).catch(lose);
      } catch (error) {
        lose(error);
      }
    },
    stats: () => ({ written, lost }),
  };
}

function isPromiseLike(value: unknown): boolean {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

function log(logger: AuditLogger, { time: startedAt, ...fields }: AuditRecord): void {
  const { event, gate } = fields;
  if (gate === undefined) logger.info({ startedAt, ...fields }, event);
  else logger.warn({ startedAt, ...fields }, `${event} denied`);
}

/** Reports failures of a sink: to the program, or the first one as a process warning. */
function failureReport(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  let warned = false;
  return (error) => {
    if (onError === undefined) {
      if (!warned) printFailure("the sink of an audit log failed", error);
      warned = true;
      return;
    }
    try {
      onError(error);
    } catch (cause) {
      printFailure("onError of an audit log failed", cause);
    }
  };
}
