import type { LogArea, LogAreas, LogLevel } from "./log-record.ts";

/** Levels for areas, and the level of the others, which `ASTER_LOG` gives. */
export interface LogSwitch {
  /** The level without an area. */
  readonly level?: LogLevel | undefined;
  readonly areas: LogAreas;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

/** The parts of the library that have an area. */
const areas: Readonly<Record<LogArea, string>> = {
  transport: "aster.transport",
  admission: "aster.admission",
  calls: "aster.rpc",
};

export const LOG_AREAS = Object.keys(areas) as readonly LogArea[];
/** Completes the sentence "must be". */
export const LEVEL_NAMES = "debug, info, warning or error";

/** The part of the library that an area is about, as records name it. */
export function loggerOf(area: LogArea): string {
  return areas[area];
}

/** The place of a level in their order. */
export function rankOf(level: LogLevel): number {
  return ranks[level];
}

export function isLevel(value: unknown): value is LogLevel {
  return typeof value === "string" && Object.hasOwn(ranks, value);
}

export function isLogArea(value: string): value is LogArea {
  return Object.hasOwn(areas, value);
}

/**
 * Reads a level, or levels of areas such as `transport=debug,calls=info`, or both. `warn` is
 * `warning`, and case does not matter. Returns `undefined` for another text.
 */
export function parseLogSwitch(text: string): LogSwitch | undefined {
  let level: LogLevel | undefined;
  const found: { [Area in LogArea]?: LogLevel } = {};
  for (const part of text.toLowerCase().split(",")) {
    const [name = "", ...rest] = part.split("=").map((word) => word.trim());
    const given = rest.length === 0 ? name : rest.join("=");
    const read = given === "warn" ? "warning" : given;
    if (!isLevel(read)) return undefined;
    if (rest.length === 0) level = read;
    else if (isLogArea(name)) found[name] = read;
    else return undefined;
  }
  return { level, areas: found };
}
