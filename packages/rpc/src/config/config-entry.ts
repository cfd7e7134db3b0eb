import { hiddenValue, invalidSetting, shownValue } from "../option-check.ts";
import type { SettingName } from "./config-values.ts";
import { type Setting, settings } from "./settings.ts";

/** The sources of values. A higher one replaces the value of a lower one. */
export const Layer = { File: 1, Environment: 2, Code: 3 } as const;
export type Layer = (typeof Layer)[keyof typeof Layer];

/** A value of a configuration and its source. */
export interface ConfigEntry {
  readonly value: unknown;
  /** The variable, the table of the file, or `code`. */
  readonly origin: string;
  readonly layer: Layer;
}

export type ConfigEntries = ReadonlyMap<SettingName, ConfigEntry>;

/**
 * Checks a value. Throws INVALID_ARGUMENT that names the place, the value unless it is a secret,
 * and what is allowed.
 */
export function checkedEntry(
  name: SettingName,
  value: unknown,
  origin: string,
  layer: Layer,
): ConfigEntry {
  const { kind } = settings[name];
  const result = kind.schema.safeParse(value);
  if (result.success) return { value: result.data, origin, layer };
  const got = kind.secret ? hiddenValue(value) : shownValue(value);
  throw invalidSetting(optionOf(settings[name]), `${origin} must be ${kind.expected}, got ${got}`);
}

/** The path of a setting, for the detail `option`: `network.relay_mode`. */
export function optionOf({ section, key }: Setting): string {
  return `${section}.${key}`;
}
