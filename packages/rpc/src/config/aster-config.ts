import { existsSync } from "node:fs";
import { optionError, unknownOption } from "../option-check.ts";
import { showAs } from "../shown.ts";
import { type ConfigEntries, type ConfigEntry, checkedEntry, Layer } from "./config-entry.ts";
import { readConfigFile } from "./config-file.ts";
import { type ShownSetting, settingsText, shownSettings } from "./config-text.ts";
import type { AsterConfigValues, SettingName, SettingValue } from "./config-values.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { settings } from "./settings.ts";

/** The configuration file in the working directory. */
const FILE = "aster.toml";
const NAMES = Object.keys(settings) as SettingName[];

/**
 * The configuration of servers and clients: values of `aster.toml`, the environment and the
 * program, each with its source. It never changes and never shows a secret.
 *
 * A value of the environment replaces one of the file, and a value of the program replaces both.
 * Options of `AsterServer.start` and `AsterClient.connect` replace all of them. Without the option
 * `config` both use {@link AsterConfig.load}.
 */
export class AsterConfig {
  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(AsterConfig, "name", { value: "AsterConfig" });
  }

  readonly #entries: ConfigEntries;

  private constructor(entries: ConfigEntries) {
    this.#entries = entries;
  }

  /**
   * Reads the `ASTER_*` variables. Throws INVALID_ARGUMENT (`option.invalid`) for a bad value; the
   * message names the variable and what is allowed.
   */
  static fromEnv(env: Environment = process.env): AsterConfig {
    return new AsterConfig(readEnvironment(env));
  }

  /**
   * Reads a TOML file, and the `ASTER_*` variables over it. Throws INVALID_ARGUMENT for a file that
   * cannot be read, for an unknown key and for a bad value.
   */
  static fromFile(path: string = FILE, env: Environment = process.env): AsterConfig {
    return new AsterConfig(new Map([...readConfigFile(path), ...readEnvironment(env)]));
  }

  /** Reads `aster.toml` of the working directory, if it is there, and the variables over it. */
  static load(env: Environment = process.env): AsterConfig {
    return existsSync(FILE) ? AsterConfig.fromFile(FILE, env) : AsterConfig.fromEnv(env);
  }

  /**
   * A configuration of these values alone: neither file nor variables are read. Throws
   * INVALID_ARGUMENT for an unknown name and a bad value.
   */
  static of(values: AsterConfigValues): AsterConfig {
    return new AsterConfig(new Map()).with(values);
  }

  /** A copy with other values. Those that are `undefined` stay as they are. Throws as `of` does. */
  with(values: AsterConfigValues): AsterConfig {
    const entries = new Map<SettingName, ConfigEntry>(this.#entries);
    for (const [name, value] of Object.entries(values)) {
      if (!Object.hasOwn(settings, name)) throw unknownOption(name, NAMES);
      if (value === undefined) continue;
      entries.set(name as SettingName, checkedEntry(name as SettingName, value, name, Layer.Code));
    }
    return new AsterConfig(entries);
  }

  /** A value that was set; `undefined` for one that was not. */
  get<K extends SettingName>(name: K): SettingValue<K> {
    return this.#entries.get(name)?.value as SettingValue<K>;
  }

  /** The source of a value: the variable, the file with its table, or the name in the program. */
  originOf(name: SettingName): string | undefined {
    return this.#entries.get(name)?.origin;
  }

  /** @internal The rank of a value's source; 0 for a value that was not set. */
  layerOf(name: SettingName): number {
    return this.#entries.get(name)?.layer ?? 0;
  }

  /** The names of the values that were set. */
  names(): SettingName[] {
    return [...this.#entries.keys()];
  }

  /**
   * Writes every setting with its value and source, secrets masked, and returns the text.
   * `JSON.stringify` gives the same as data.
   */
  print(write: (text: string) => unknown = (text) => process.stdout.write(text)): string {
    if (typeof write !== "function") throw optionError("write", "a function", write);
    const text = settingsText(this.#entries);
    write(text);
    return text;
  }

  toJSON(): Readonly<Record<string, Readonly<Record<string, ShownSetting>>>> {
    return shownSettings(this.#entries);
  }
}

showAs(
  AsterConfig.prototype,
  "AsterConfig",
  (config) => {
    const facts: Record<string, unknown> = {};
    for (const [section, keys] of Object.entries(config.toJSON())) {
      const set = Object.entries(keys).filter(([, { origin }]) => origin !== "default");
      for (const [key, { value }] of set) facts[`${section}.${key}`] = value;
    }
    return facts;
  },
  () => "[AsterConfig]",
);
