import type { LogOption } from "../log/log-record.ts";
import { optionError } from "../option-check.ts";
import { AsterConfig } from "./aster-config.ts";
import { warnerOf, warnOfUnused } from "./config-warnings.ts";

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

/**
 * The configuration that was chosen, or that of the process. Warns of settings that have no effect.
 * Throws INVALID_ARGUMENT for a bad value in it, and for a value that is not a log.
 */
export function configOf({
  config,
  log,
}: Pick<ConfigChoice, "config"> & { readonly log?: LogOption | undefined }): AsterConfig {
  if (config !== undefined && typeof (config as Partial<AsterConfig>)?.get !== "function") {
    throw optionError("config", "an AsterConfig", config);
  }
  const chosen = config ?? AsterConfig.load();
  warnOfUnused(chosen, config === undefined, warnerOf(log, chosen));
  return chosen;
}
