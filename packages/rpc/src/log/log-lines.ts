import type { LogAreas, LogLevel, LogRecord, LogTarget } from "./log-record.ts";

/** Options of {@link jsonLog} and {@link textLog}. */
export interface LogLineOptions {
  /** The destination of the lines. Default: `process.stderr`. */
  readonly stream?: { write(text: string): unknown } | undefined;
  /** The lowest level. Default: `ASTER_LOG_LEVEL`, else `info`. */
  readonly level?: LogLevel | undefined;
  /** The lowest levels of areas, in place of `level`. Default: those of `ASTER_LOG`. */
  readonly areas?: LogAreas | undefined;
  /** Shortens endpoint ids. Default: `ASTER_LOG_MASK`, else true. */
  readonly mask?: boolean | undefined;
}

/** The fields that the text form shows at other places than the brackets at the end. */
const placed: ReadonlySet<string> = new Set([
  "ts",
  "level",
  "logger",
  "msg",
  "error",
  "error_type",
  "stack",
]);
const LEVEL_CHARS = 7;

/** Writes each record as one line of JSON, for collectors. Pass it as the option `log`. */
export function jsonLog(options: LogLineOptions = {}): LogTarget {
  return lines(options, (record) => JSON.stringify(record));
}

/** Writes each record as one line of text, for terminals. Pass it as the option `log`. */
export function textLog(options: LogLineOptions = {}): LogTarget {
  return lines(options, textOf);
}

function lines(
  { stream = process.stderr, level, areas, mask }: LogLineOptions,
  lineOf: (record: LogRecord) => string,
): LogTarget {
  return {
    write: (record) => {
      stream.write(`${lineOf(record)}\n`);
    },
    level,
    areas,
    mask,
  };
}

function textOf(record: LogRecord): string {
  const { ts, level, logger, msg, error, error_type, stack } = record;
  const fields = Object.entries(record)
    .filter(([key]) => !placed.has(key))
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join(",") : String(value)}`);
  const time = ts.slice("2026-01-01T".length, -1);
  const context = fields.length === 0 ? "" : ` [${fields.join(" ")}]`;
  const failure = error === undefined ? "" : ` — ${String(error_type)}: ${error}`;
  const places = Array.isArray(stack) ? stack.map((place) => `\n    ${String(place)}`) : [];
  const name = logger.replace(/^aster\./, "");
  return `${time} ${level.toUpperCase().padEnd(LEVEL_CHARS)} ${name} ${msg}${failure}${context}${places.join("")}`;
}
