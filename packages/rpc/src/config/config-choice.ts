import { optionError } from "../option-check.ts";
import { AsterConfig } from "./aster-config.ts";
import { unknownVariables } from "./environment.ts";
import { settings } from "./settings.ts";

/** The configuration of a server or client, below its options. */
export interface ConfigChoice {
  /**
   * Values for options that are not given. Default: `AsterConfig.load()`, that is `aster.toml` of
   * the working directory, if it is there, and the `ASTER_*` variables over it.
   */
  readonly config?: AsterConfig | undefined;
  /**
   * The identity file, which must be there; `false` for none. Default: `ASTER_IDENTITY_FILE`, else
   * `.aster-identity` of the working directory, if it is there.
   */
  readonly identity?: string | false | undefined;
  /**
   * The name of the entry in the identity file. Default: the first entry of a producer for servers,
   * of a consumer for clients.
   */
  readonly peer?: string | undefined;
}

const warned = new Set<string>();

/**
 * The configuration that was chosen, or that of the process. Prints a process warning for settings
 * that have no effect. Throws INVALID_ARGUMENT for a bad value in it.
 */
export function configOf({ config }: Pick<ConfigChoice, "config">): AsterConfig {
  if (config !== undefined && typeof (config as Partial<AsterConfig>)?.get !== "function") {
    throw optionError("config", "an AsterConfig", config);
  }
  if (config === undefined) {
    for (const name of unknownVariables(process.env)) {
      warnOnce(`the environment variable ${name} is unknown and has no effect`);
    }
  }
  const chosen = config ?? AsterConfig.load();
  for (const name of chosen.names()) {
    if (settings[name].unused !== true) continue;
    warnOnce(`${chosen.originOf(name)} has no effect in this version of Aster`);
  }
  return chosen;
}

/** Prints a process warning, each text once per process. */
export function warnOnce(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  process.emitWarning(`${text}. See docs/guide/configuration.md.`, {
    type: "AsterWarning",
    code: "ASTER_CONFIG",
  });
}
