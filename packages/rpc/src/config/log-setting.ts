import { isPino, pinoTarget } from "../log/log.ts";
import { type LogSwitch, parseLogSwitch } from "../log/log-area.ts";
import { jsonLog, textLog } from "../log/log-lines.ts";
import type { LogOption } from "../log/log-record.ts";
import type { AsterConfig } from "./aster-config.ts";

/**
 * The log of a server or client: the option with the level, areas and mask of the configuration
 * where it has none of its own; without the option lines on stderr, if the configuration sets a
 * format, a level or areas.
 */
export function logOf(option: LogOption | undefined, config: AsterConfig): LogOption | undefined {
  const format = config.get("logFormat");
  const mask = config.get("logMask");
  const chosen = switchOf(config);
  const areas = chosen?.areas;
  const level = chosen?.level ?? config.get("logLevel");
  if (option === undefined) {
    if (format === undefined && level === undefined && areas === undefined) return undefined;
    // who asks for one area does not want the rest, but failures
    const lines = { level: level ?? (areas && "warning"), areas, mask };
    return format === "json" ? jsonLog(lines) : textLog(lines);
  }
  if (level === undefined && areas === undefined && mask === undefined) return option;
  if (typeof option === "function") return { write: option, level, areas, mask };
  if (isPino(option)) return { ...pinoTarget(option), level: level ?? "debug", areas, mask };
  // another value is refused by the server or client
  if (typeof option !== "object" || option === null) return option;
  return {
    ...option,
    level: option.level ?? level,
    areas:
      typeof option.areas === "object" ? { ...areas, ...option.areas } : (option.areas ?? areas),
    mask: option.mask ?? mask,
  };
}

/** The levels of `ASTER_LOG`; `undefined` without it. */
function switchOf(config: AsterConfig): LogSwitch | undefined {
  const text = config.get("logAreas");
  return text === undefined ? undefined : parseLogSwitch(text);
}
