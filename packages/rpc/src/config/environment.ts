import { invalidSetting } from "../option-check.ts";
import {
  type ConfigEntries,
  type ConfigEntry,
  checkedEntry,
  Layer,
  optionOf,
} from "./config-entry.ts";
import type { SettingName } from "./config-values.ts";
import { type Setting, settingList } from "./settings.ts";

/** The variables of a process, or those that a test passes. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that other parts of Aster or the Python package read. */
const otherVariables: ReadonlySet<string> = new Set([
  "ASTER_HOME",
  "ASTER_IO_THREADS",
  "ASTER_NATIVE_PATH",
  "ASTER_NO_UVLOOP",
  "ASTER_PASSPHRASE_FILE",
  "ASTER_PROFILE",
]);

const known: ReadonlySet<string> = new Set([
  ...otherVariables,
  ...settingList.flatMap(([, { variable, alias }]) => [variable, alias ?? variable]),
]);

/**
 * Reads the `ASTER_*` variables. Throws INVALID_ARGUMENT for a bad value, and for a variable with a
 * private root key, which a node must not have.
 */
export function readEnvironment(environment: Environment): ConfigEntries {
  if (environment.ASTER_ROOT_KEY_FILE !== undefined) {
    throw invalidSetting(
      "trust.root_pubkey_file",
      "ASTER_ROOT_KEY_FILE is not supported, because a node must not have the private root key; " +
        "set ASTER_ROOT_PUBKEY_FILE to the file with the public key",
    );
  }
  const entries = new Map<SettingName, ConfigEntry>();
  for (const [name, setting] of settingList) {
    const given = textOf(setting, environment);
    if (given === undefined) continue;
    const [variable, text] = given;
    entries.set(name, checkedEntry(name, setting.kind.ofText(text), variable, Layer.Environment));
  }
  return entries;
}

/** The names of variables that look like those of Aster and have no meaning. */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment).filter((name) => name.startsWith("ASTER_") && !known.has(name));
}

/** The variable that is set and its text; `undefined` without one. */
function textOf(setting: Setting, environment: Environment): [string, string] | undefined {
  for (const variable of [setting.variable, setting.alias]) {
    const text = variable === undefined ? undefined : environment[variable]?.trim();
    if (variable === undefined || text === undefined) continue;
    if (text !== "") return [variable, text];
    if (setting.mayBeEmpty) continue;
    const problem = `${variable} is empty; unset it, or set ${setting.kind.expected}`;
    throw invalidSetting(optionOf(setting), problem);
  }
  return undefined;
}
