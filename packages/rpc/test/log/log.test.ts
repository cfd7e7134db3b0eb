import {
  jsonLog,
  type LogLevel,
  type LogRecord,
  RpcError,
  RpcReason,
  StatusCode,
  textLog,
} from "@aster/rpc";
import { fakeClock } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { LineLimit } from "../../src/log/line-limit.ts";
import { Log, placesOf } from "../../src/log/log.ts";
import { safeText } from "../../src/log/safe-text.ts";

const id = `1234567${"a".repeat(53)}wxyz`.replace(/[wxyz]/g, "f");

function recorded(level?: LogLevel): { log: Log; records: LogRecord[] } {
  const records: LogRecord[] = [];
  const log = Log.of({ write: (record) => void records.push(record), level });
  return { log: log as Log, records };
}

describe("a log function", () => {
  test("receives records in the order of the keys, from the level on", () => {
    const { log, records } = recorded();
    log.write("debug", "aster.rpc", "left out");
    log.write("info", "aster.rpc", "call ended", { request_id: "1", status_code: 0, peer: id });
    expect(Object.keys(records[0] ?? {})).toEqual([
      "ts",
      "level",
      "logger",
      "msg",
      "request_id",
      "status_code",
      "peer",
    ]);
    expect(records).toMatchObject([{ level: "info", peer: "1234567a...ffff" }]);
    expect(records[0]?.ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("may throw or reject without effect", async () => {
    for (const write of [
      () => {
        throw new Error("disk full");
      },
      async () => {
        throw new Error("disk full");
      },
    ]) {
      Log.of(write)?.write("error", "aster.rpc", "x");
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test("receives the text, type and places of an error", () => {
    const { log, records } = recorded();
    const error = new RpcError(StatusCode.NOT_FOUND, "no such\nroom", {
      details: { reason: RpcReason.SESSION_OVER },
    });
    log.write("error", "aster.rpc", "failed", { error, stack: placesOf(new TypeError("x")) });
    log.write("error", "aster.rpc", "failed", { error: "text" });
    expect(records).toMatchObject([
      { error: "NOT_FOUND: no such\\nroom", error_type: "RpcError" },
      { error: "text", error_type: "string" },
    ]);
    expect(records[0]?.stack).toContainEqual(expect.stringMatching(/^at .*log\.test\.ts/));
  });
});

test("a pino logger receives the fields and the message, at its own level", () => {
  const lines: unknown[] = [];
  const at = (level: string) => (fields: object, msg: string) => lines.push([level, msg, fields]);
  const log = Log.of({
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    isLevelEnabled: (level) => level !== "debug",
  });
  log?.write("debug", "aster.rpc", "left out");
  log?.write("warning", "aster.rpc", "limit", { peer: id });
  expect(lines).toEqual([["warn", "limit", { logger: "aster.rpc", peer: "1234567a...ffff" }]]);
});

test.each<[string, unknown]>([
  ["log", 1],
  ["log", {}],
  ["log.level", { write: () => {}, level: "loud" }],
  ["log.mask", { write: () => {}, mask: 1 }],
])("refuses a bad %s", (option, value) => {
  expect(() => Log.of(value as never)).toThrow(`option ${option} must be`);
});

describe("texts", () => {
  test("are one line of at most 200 characters", () => {
    expect(safeText("a\r\nb\u001b[31m\u202e\u2028")).toBe(
      "a\\u000d\\u000ab\\u001b[31m\\u202e\\u2028",
    );
    expect(safeText("x".repeat(1_000_000))).toBe(`${"x".repeat(200)}…`);
  });

  test("have no tickets and signatures", () => {
    expect(safeText(`see aster1${"2Nx".repeat(40)}, ok`)).toBe("see aster1[hidden], ok");
    expect(safeText(`sig ${"0f".repeat(64)}`)).toBe("sig [hidden]");
  });

  test("have shortened ids unless the mask is off", () => {
    const { log, records } = recorded();
    log.write("info", "x", `peer ${id} left`, { token: "abc", list: [id], nested: { a: 1 } });
    const open = Log.of({ write: (record) => records.push(record), mask: false });
    open?.write("info", "x", `peer ${id} left`, { peer: id });
    expect(records).toMatchObject([
      {
        msg: "peer 1234567a...ffff left",
        token: "[hidden]",
        list: ["1234567a...ffff"],
        nested: "[object]",
      },
      { msg: `peer ${id} left`, peer: id },
    ]);
  });
});

describe("lines", () => {
  const record: LogRecord = {
    ts: "2026-04-06T12:00:00.123Z",
    level: "warning",
    logger: "aster.rpc",
    msg: "call failed",
    request_id: "abc",
    services: ["A", "B"],
    error: "NOT_FOUND: x",
    error_type: "RpcError",
    stack: ["at one", "at two"],
  };

  function written(make: typeof jsonLog): string {
    let text = "";
    make({ stream: { write: (part) => (text += part) } }).write(record);
    return text;
  }

  test("are JSON with the keys of the record", () => {
    expect(written(jsonLog)).toBe(`${JSON.stringify(record)}\n`);
  });

  test("are text with the context at the end", () => {
    expect(written(textLog)).toBe(
      "12:00:00.123 WARNING rpc call failed — RpcError: NOT_FOUND: x [request_id=abc services=A,B]\n    at one\n    at two\n",
    );
  });
});

test("lines of one kind are limited, and the next window says how many were left out", async () => {
  using clock = fakeClock();
  const limit = new LineLimit(2);
  expect([1, 2, 3, 4].map(() => limit.pass("a"))).toEqual([0, 0, undefined, undefined]);
  expect(limit.pass("b")).toBe(0);
  await clock.advance(10_000);
  expect(limit.pass("a")).toBe(2);
  expect(limit.pass("a")).toBe(0);
});
