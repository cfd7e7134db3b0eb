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
    log.enabled(level, "aster.server"),
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

/** The lowest levels of the server, transport, admission and calls. */
function levels(option: LogOption | undefined, values: AsterConfigValues): string {
  const log = Log.of(logOf(option, AsterConfig.of(values)));
  return ["server", "transport", "admission", "rpc"]
    .map((part) =>
      (["debug", "info", "warning", "error"] as const).find((level) =>
        log?.enabled(level, `aster.${part}`),
      ),
    )
    .join(" ");
}

test.each<[LogOption | undefined, AsterConfigValues, string]>([
  [undefined, { logAreas: "debug" }, "debug debug debug debug"],
  [undefined, { logAreas: "transport=debug" }, "warning debug warning warning"],
  [undefined, { logAreas: "Transport = DEBUG , calls=warn" }, "warning debug warning warning"],
  [undefined, { logAreas: "info,calls=error" }, "info info info error"],
  [undefined, { logAreas: "calls=debug", logLevel: "error" }, "error error error debug"],
  [undefined, { logAreas: "info", logLevel: "error" }, "info info info info"],
  [write, { logAreas: "calls=debug" }, "info info info debug"],
  [{ write }, { logAreas: "debug" }, "debug debug debug debug"],
  [{ write, level: "error" }, { logAreas: "info,calls=debug" }, "error error error debug"],
  [
    { write, areas: { calls: "info" } },
    { logAreas: "transport=debug,calls=debug" },
    "info debug info info",
  ],
])("levels of areas: %o with %j gives %s", (option, values, expected) => {
  expect(levels(option, values)).toBe(expected);
});

test.each(["", "loud", "calls", "calls=", "rpc=debug", "calls=debug=info", "calls=debug,"])(
  "logAreas %j is refused",
  (logAreas) => {
    expect(() => AsterConfig.of({ logAreas })).toThrow(
      "logAreas must be debug, info, warning or error, or levels of",
    );
  },
);

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
