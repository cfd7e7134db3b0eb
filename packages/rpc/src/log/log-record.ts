/** The names of log levels, from the lowest to the highest. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/**
 * A part of the library whose level can be set apart: the records of `aster.transport`,
 * `aster.admission` and `aster.rpc`.
 */
export type LogArea = "transport" | "admission" | "calls";

/** The lowest levels of areas. */
export type LogAreas = { readonly [Area in LogArea]?: LogLevel | undefined };

/**
 * One line of a log. Texts of peers are on one line, escaped and cut at 200 characters. It never
 * contains keys, credentials, tickets, values of metadata, or messages.
 */
export interface LogRecord {
  /** The time in UTC: `2026-04-06T12:00:00.123Z`. */
  readonly ts: string;
  readonly level: LogLevel;
  /**
   * The part of the library: `aster.server`, `aster.client`, `aster.transport`, `aster.admission`,
   * `aster.rpc`, `aster.config`.
   */
  readonly logger: string;
  readonly msg: string;
  /** The id of the call; `context.requestId` in its handler. */
  readonly request_id?: string;
  readonly service?: string;
  readonly method?: string;
  /** Endpoint id of the other side, shortened unless `mask` is false. */
  readonly peer?: string;
  readonly duration_ms?: number;
  /** A status code; 0 is OK. */
  readonly status_code?: number;
  readonly error?: string;
  readonly error_type?: string;
  /** The id that the caller received in place of an exception. */
  readonly error_id?: string;
  /** `details.reason` of the error. */
  readonly reason?: string;
  readonly [field: string]: unknown;
}

/** Receives the records of a log. An error that it throws, or rejects with, is ignored. */
export type LogFunction = (record: LogRecord) => void;

/** A logger with the methods of pino. It receives the fields without `ts`, `level` and `msg`. */
export interface PinoLogger {
  debug(fields: object, msg: string): void;
  info(fields: object, msg: string): void;
  warn(fields: object, msg: string): void;
  error(fields: object, msg: string): void;
  /** Without it, every level from `debug` up is passed. */
  isLevelEnabled?(level: string): boolean;
}

/** A function for records, with its level. */
export interface LogTarget {
  readonly write: LogFunction;
  /** The lowest level. Default: `ASTER_LOG_LEVEL`, else `info`. */
  readonly level?: LogLevel | undefined;
  /** The lowest levels of areas, in place of `level`. Default: those of `ASTER_LOG`. */
  readonly areas?: LogAreas | undefined;
  /** Shortens endpoint ids to their first 8 and last 4 characters. Default: `ASTER_LOG_MASK`. */
  readonly mask?: boolean | undefined;
}

/** The destination of a log. `jsonLog()` and `textLog()` make one for programs. */
export type LogOption = LogFunction | PinoLogger | LogTarget;
