import { Log } from "../log/log.ts";
import type { LogOption } from "../log/log-record.ts";
import type { AsterConfig } from "./aster-config.ts";
import { unknownVariables } from "./environment.ts";
import { logOf } from "./log-setting.ts";
import { settings } from "./settings.ts";

/** Reports a setting that has no effect. */
export type Warn = (text: string) => void;

const warned = new Set<string>();

/**
 * Returns a function that writes to the log of a server or client, and without a log prints a
 * process warning, each text once per process. Throws INVALID_ARGUMENT for a value that is not a
 * log.
 */
export function warnerOf(option: LogOption | undefined, config: AsterConfig): Warn {
  const log = Log.of(logOf(option, config));
  if (log === undefined) return warnOnce;
  return (warning) =>
    log.write("warning", "aster.config", "setting without effect", { warning: noted(warning) });
}

/** Reports the settings that have no effect; `isOwn` if the process has chosen the variables. */
export function warnOfUnused(config: AsterConfig, isOwn: boolean, warn: Warn): void {
  if (isOwn) {
    for (const name of unknownVariables(process.env)) {
      warn(`the environment variable ${name} is unknown and has no effect`);
    }
  }
  for (const name of config.names()) {
    const { ignored } = settings[name];
    if (ignored?.when(config.get(name)) !== true) continue;
    warn(`${config.originOf(name)} has no effect: ${ignored.because}`);
  }
}

function warnOnce(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  process.emitWarning(noted(text), { type: "AsterWarning", code: "ASTER_CONFIG" });
}

function noted(text: string): string {
  return `${text}. See docs/guide/configuration.md.`;
}
