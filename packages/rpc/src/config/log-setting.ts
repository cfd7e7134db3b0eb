import { isPino, pinoTarget } from "../log/log.ts";
import { jsonLog, textLog } from "../log/log-lines.ts";
import type { LogOption } from "../log/log-record.ts";
import type { AsterConfig } from "./aster-config.ts";

/**
 * The log of a server or client: the option with the level and mask of the configuration where it
 * has none of its own; without the option lines on stderr, if the configuration sets a format or a
 * level.
 */
export function logOf(option: LogOption | undefined, config: AsterConfig): LogOption | undefined {
  const format = config.get("logFormat");
  const level = config.get("logLevel");
  const mask = config.get("logMask");
  if (option === undefined) {
    if (format === undefined && level === undefined) return undefined;
    return format === "json" ? jsonLog({ level, mask }) : textLog({ level, mask });
  }
  if (level === undefined && mask === undefined) return option;
  if (typeof option === "function") return { write: option, level, mask };
  if (isPino(option)) return { ...pinoTarget(option), level: level ?? "debug", mask };
  // another value is refused by the server or client
  if (typeof option !== "object" || option === null) return option;
  return { ...option, level: option.level ?? level, mask: option.mask ?? mask };
}
