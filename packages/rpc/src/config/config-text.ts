import { safeText } from "../log/safe-text.ts";
import { HIDDEN } from "../secret-keys.ts";
import type { ConfigEntries } from "./config-entry.ts";
import type { SettingName } from "./config-values.ts";
import { settingList } from "./settings.ts";

const KEY_COLUMNS = 28;
const NONE = "not set";

/** A value as it may be shown, and its source. */
export interface ShownSetting {
  readonly value: unknown;
  /** The variable, the table of the file, `code` or `default`. */
  readonly origin: string;
}

/** All settings by section and key, with secrets masked. */
export function shownSettings(
  entries: ConfigEntries,
): Readonly<Record<string, Readonly<Record<string, ShownSetting>>>> {
  const sections: Record<string, Record<string, ShownSetting>> = {};
  for (const [name, { section, key, fallback }] of settingList) {
    const entry = entries.get(name);
    sections[section] ??= {};
    const keys = sections[section];
    keys[key] =
      entry === undefined
        ? { value: fallback || NONE, origin: "default" }
        : { value: maskedValue(name, entry.value), origin: entry.origin };
  }
  return sections;
}

/** The settings as text, one per line: key, value and source. */
export function settingsText(entries: ConfigEntries): string {
  const lines: string[] = [];
  for (const [section, keys] of Object.entries(shownSettings(entries))) {
    lines.push(`[${section}]`);
    for (const [key, { value, origin }] of Object.entries(keys)) {
      lines.push(`  ${key.padEnd(KEY_COLUMNS)} ${String(value)}  (${origin})`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function maskedValue(name: SettingName, value: unknown): unknown {
  if (name === "secretKey" || name === "enrollmentCredentialIid") return HIDDEN;
  if (typeof value !== "string") return Array.isArray(value) ? value.join(", ") : value;
  if (name === "proxyUrl") return withoutPassword(value);
  if (name === "rootPubkey") return value;
  return safeText(value);
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.username === "" && url.password === "") return text;
  url.username = "hidden";
  url.password = "";
  return url.href;
}
