import { attempt } from "../error-fields.ts";
import { runCallback } from "../failure-log.ts";
import { optionError, unknownOption } from "../option-check.ts";
import { HIDDEN, isSecretKey } from "../secret-keys.ts";
import { epochMs } from "../time/clock.ts";
import { isLevel, isLogArea, LEVEL_NAMES, LOG_AREAS, loggerOf, rankOf } from "./log-area.ts";
import type {
  LogFunction,
  LogLevel,
  LogOption,
  LogRecord,
  LogTarget,
  PinoLogger,
} from "./log-record.ts";
import { maskedText, safeText } from "./safe-text.ts";

/** The fields of a record besides time, level, part and message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Keys of the library whose name looks like that of a secret. */
const harmless: ReadonlySet<string> = new Set(["credential_id"]);
/** Texts that need more than one line of 200 characters. */
const MOST_STACK_CHARS = 4096;

type Emit = (level: LogLevel, logger: string, msg: string, fields: LogFields) => void;

/** A log of one server or client. It makes records safe to print, and never throws. */
export class Log {
  readonly #least: number;
  /** By the name of the part. */
  readonly #leastOf = new Map<string, number>();
  readonly #mask: boolean;
  readonly #enabled: (level: LogLevel) => boolean;
  readonly #emit: Emit;

  private constructor(
    emit: Emit,
    { level = "info", areas = {}, mask = true }: Omit<LogTarget, "write">,
    enabled: (level: LogLevel) => boolean,
  ) {
    this.#emit = emit;
    this.#least = rankOf(level);
    for (const area of LOG_AREAS) this.#leastOf.set(loggerOf(area), rankOf(areas[area] ?? level));
    this.#mask = mask;
    this.#enabled = enabled;
  }

  /**
   * Makes the log of an option; `undefined` without one. Throws INVALID_ARGUMENT for a value that
   * is not a log.
   */
  static of(option: LogOption | undefined): Log | undefined {
    if (option === undefined) return undefined;
    if (typeof option === "function") return new Log(recordsTo(option), {}, () => true);
    if (isPino(option)) {
      // the level of the logger decides
      const { write } = pinoTarget(option);
      return new Log(recordsTo(write), { level: "debug" }, enabledIn(option));
    }
    const target = checkedTarget(option);
    return new Log(recordsTo(target.write), target, () => true);
  }

  /** Endpoint ids and addresses are shortened. */
  get masks(): boolean {
    return this.#mask;
  }

  /** Records of this level and part of the library are wanted. */
  enabled(level: LogLevel, logger: string): boolean {
    const least = this.#leastOf.get(logger) ?? this.#least;
    return rankOf(level) >= least && attempt(() => this.#enabled(level), false);
  }

  /** Writes a record, if its level is wanted. A field `error` may be any thrown value. */
  write(level: LogLevel, logger: string, msg: string, fields: LogFields = {}): void {
    if (!this.enabled(level, logger)) return;
    const safe: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      if (key === "error") Object.assign(safe, this.#errorFields(value));
      else safe[key] = isSecretKey(key) && !harmless.has(key) ? HIDDEN : this.#safe(value);
    }
    runCallback(
      () => this.#emit(level, logger, this.#text(msg), safe),
      () => {},
    );
  }

  #safe(value: unknown): unknown {
    if (typeof value === "string") return this.#text(value);
    if (Array.isArray(value)) return value.map((one) => this.#safe(one));
    return typeof value === "object" && value !== null ? `[${typeof value}]` : value;
  }

  #text(text: string, mostChars?: number): string {
    const masked = this.#mask ? maskedText(text.slice(0, MOST_STACK_CHARS)) : text;
    return safeText(masked, mostChars);
  }

  #errorFields(error: unknown): Record<string, unknown> {
    const text = attempt(() => messageOf(error), "an error that cannot be shown");
    return {
      error: this.#text(text),
      error_type: attempt(() => this.#text(typeOf(error)), "Error"),
    };
  }
}

/** The lines of an error's stack that name places in the program, without its message. */
export function placesOf(error: unknown): readonly string[] | undefined {
  const stack = attempt(() => (error as Error).stack, undefined);
  if (typeof stack !== "string") return undefined;
  const places = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return places.length === 0 ? undefined : places.map((line) => line.trim());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return error.name === "Error" ? error.constructor.name : error.name;
}

function recordsTo(write: LogFunction): Emit {
  return (level, logger, msg, fields) => {
    const ts = new Date(epochMs()).toISOString();
    // an async function is accepted too; runCallback takes its rejection
    return write({ ts, level, logger, msg, ...fields } satisfies LogRecord);
  };
}

const pinoLevels = { debug: "debug", info: "info", warning: "warn", error: "error" } as const;

/** Passes records to a logger, without the fields that it adds itself. */
export function pinoTarget(logger: PinoLogger): LogTarget {
  return { write: ({ ts: _, level, msg, ...fields }) => logger[pinoLevels[level]](fields, msg) };
}

function enabledIn(logger: PinoLogger): (level: LogLevel) => boolean {
  return (level) => logger.isLevelEnabled?.(pinoLevels[level]) ?? true;
}

export function isPino(option: PinoLogger | LogTarget): option is PinoLogger {
  const methods: unknown[] = Object.values(pinoLevels).map(
    (name) => (option as Partial<PinoLogger> | null)?.[name],
  );
  return methods.every((method) => typeof method === "function");
}

function checkedTarget(option: LogTarget): LogTarget {
  if (typeof option !== "object" || option === null || typeof option.write !== "function") {
    const expected = "a function, a logger with debug, info, warn and error, or { write }";
    throw optionError("log", expected, option);
  }
  const { level, areas, mask } = option;
  if (level !== undefined && !isLevel(level)) throw optionError("log.level", LEVEL_NAMES, level);
  if (areas !== undefined) checkAreas(areas);
  if (mask !== undefined && typeof mask !== "boolean") {
    throw optionError("log.mask", "true or false", mask);
  }
  return option;
}

function checkAreas(areas: object): void {
  if (typeof areas !== "object" || areas === null) {
    throw optionError("log.areas", "an object with a level per area", areas);
  }
  for (const [area, level] of Object.entries(areas)) {
    if (!isLogArea(area)) throw unknownOption(`log.areas.${area}`, LOG_AREAS);
    if (level === undefined || isLevel(level)) continue;
    throw optionError(`log.areas.${area}`, LEVEL_NAMES, level);
  }
}
