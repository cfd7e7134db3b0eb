import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { invalidSetting } from "../option-check.ts";
import { type ConfigEntries, type ConfigEntry, checkedEntry, Layer } from "./config-entry.ts";
import type { SettingName } from "./config-values.ts";
import { settingList } from "./settings.ts";

/** The names of settings by section and key. */
const sections = new Map<string, Map<string, SettingName>>();
for (const [name, { section, key }] of settingList) {
  const keys = sections.get(section) ?? new Map<string, SettingName>();
  sections.set(section, keys.set(key, name));
}

/** Keys of the documentation of the Python package that neither package reads. */
const refused = new Map([
  ["root_key_file", "a node must not have the private root key; use root_pubkey_file"],
]);

/**
 * Reads the values of `aster.toml`. Throws INVALID_ARGUMENT for a file that cannot be read, is not
 * TOML, or has an unknown key or a bad value.
 */
export function readConfigFile(path: string): ConfigEntries {
  const entries = new Map<SettingName, ConfigEntry>();
  for (const [section, table] of Object.entries(parsed(path, textOf(path)))) {
    const keys = sections.get(section);
    if (keys === undefined || !isTable(table)) throw unknownSection(path, section);
    for (const [key, value] of Object.entries(table)) {
      const place = `${path} [${section}] ${key}`;
      const name = keys.get(key);
      if (name === undefined) throw unknownKey(place, section, key, [...keys.keys()]);
      entries.set(name, checkedEntry(name, plain(value), place, Layer.File));
    }
  }
  return entries;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const problem = code === "ENOENT" ? "there is no such file" : `cannot be read (${code})`;
    throw invalidSetting("config", `the configuration file ${path}: ${problem}`, cause as Error);
  }
}

function parsed(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (cause) {
    // the message of the parser repeats lines of the file, which may hold a secret
    const at = cause instanceof TomlError ? ` at line ${cause.line}, column ${cause.column}` : "";
    throw invalidSetting("config", `the configuration file ${path} is not TOML${at}`);
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Numbers that TOML calls integers are bigints above the safe range; none of ours are. */
function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function unknownSection(path: string, name: string): Error {
  const known = [...sections.keys()].map((section) => `[${section}]`).join(", ");
  const home = [...sections].find(([, keys]) => keys.has(name))?.[0];
  const remedy = home === undefined ? `use ${known}` : `move it into [${home}]`;
  return invalidSetting(name, `${path}: unknown ${name}; ${remedy}`);
}

function unknownKey(place: string, section: string, key: string, known: readonly string[]): Error {
  const home = [...sections].find(([, keys]) => keys.has(key))?.[0];
  const remedy =
    refused.get(key) ?? (home === undefined ? `use ${known.join(", ")}` : `move it into [${home}]`);
  return invalidSetting(`${section}.${key}`, `${place}: unknown key; ${remedy}`);
}
