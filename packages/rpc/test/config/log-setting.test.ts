// The level and mask of a configuration, under those of the option log.
import {
  AsterConfig,
  type AsterConfigValues,
  jsonLog,
  type LogOption,
  type LogRecord,
} from "@aster/rpc";
import { expect, test } from "vitest";
import { logOf } from "../../src/config/log-setting.ts";
import { Log } from "../../src/log/log.ts";

const id = "ab".repeat(32);

/** The levels that a log takes, and the form of an id in it. */
function behaviour(option: LogOption | undefined, values: AsterConfigValues): string {
  const log = Log.of(logOf(option, AsterConfig.of(values)));
  if (log === undefined) return "none";
  const levels = (["debug", "info", "warning", "error"] as const).filter((level) =>
    log.enabled(level),
  );
  return levels.join(" ");
}

test.each<[AsterConfigValues, string]>([
  [{}, "none"],
  [{ logMask: false }, "none"],
  [{ logFormat: "json" }, "info warning error"],
  [{ logLevel: "warning" }, "warning error"],
  [{ logFormat: "text", logLevel: "debug" }, "debug info warning error"],
])("without an option, %j gives %s", (values, expected) => {
  expect(behaviour(undefined, values)).toBe(expected);
});

const write = (): void => {};
const pino = {
  debug: write,
  info: write,
  warn: write,
  error: write,
  isLevelEnabled: (level: string) => level !== "debug",
};

test.each<[string, LogOption, AsterConfigValues, string]>([
  ["a function", write, {}, "info warning error"],
  ["a function", write, { logLevel: "error" }, "error"],
  ["an object", { write }, { logLevel: "debug" }, "debug info warning error"],
  ["an object with a level", { write, level: "error" }, { logLevel: "debug" }, "error"],
  ["jsonLog()", jsonLog(), { logLevel: "warning" }, "warning error"],
  ["jsonLog({ level })", jsonLog({ level: "info" }), { logLevel: "debug" }, "info warning error"],
  ["pino", pino, {}, "info warning error"],
  ["pino", pino, { logLevel: "error" }, "error"],
])("%s with %o and %j takes %s", (_, option, values, expected) => {
  expect(behaviour(option, values)).toBe(expected);
});

test.each<[boolean | undefined, boolean | undefined, string]>([
  [undefined, undefined, "abababab...abab"],
  [undefined, false, id],
  [true, false, "abababab...abab"],
  [false, undefined, id],
])("mask %s of the option and %s of the configuration give %s", (mask, logMask, expected) => {
  const records: LogRecord[] = [];
  const option = { write: (record: LogRecord) => void records.push(record), mask };
  Log.of(logOf(option, AsterConfig.of({ logMask })))?.write("info", "x", "y", { peer: id });
  expect(records[0]?.peer).toBe(expected);
});
