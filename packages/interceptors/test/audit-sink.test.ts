// The sinks of an audit log: functions, streams and pino loggers.
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import type { AuditRecord } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { auditLog } from "../src/audit-log.ts";
import { Numbers, numbersService } from "./numbers.ts";

const denied: AuditRecord = {
  event: "admission",
  time: "2026-04-06T12:00:00.000Z",
  side: "server",
  peer: "ab".repeat(32),
  gate: 1,
  cause: "expired",
  durationMs: 1,
};

/** A stream whose reader takes nothing until `release`. */
function slowStream() {
  const lines: string[] = [];
  let release: (() => void) | undefined;
  let isOpen = false;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk).trim());
      if (isOpen) done();
      else release = done;
    },
  });
  return {
    stream,
    lines,
    release() {
      isOpen = true;
      release?.();
    },
  };
}

describe("a stream", () => {
  test("gets one line of JSON per record", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aster-audit-"));
    const file = createWriteStream(join(folder, "audit.jsonl"));
    {
      const audit = auditLog({ sink: file });
      await using pair = await servicePair({ services: [numbersService()], audit });
      await pair.client.client(Numbers).double({ n: 1 });
      await pair.client
        .proxy("Two\nlines")
        .call?.({})
        .catch(() => {});
    }
    file.end();
    await once(file, "close");
    const lines = readFileSync(file.path, "utf8").trim().split("\n");
    rmSync(folder, { recursive: true });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "call", method: "double", status: "OK" },
      { event: "call", service: "Two\\u000alines", status: "NOT_FOUND" },
    ]);
  });

  test("that is slow gets records up to the bound, then the number of those left out", async () => {
    const slow = slowStream();
    const maxBufferedBytes = 4096;
    const audit = auditLog({ sink: slow.stream, maxBufferedBytes });
    for (let count = 0; count < 1_000; count++) audit.record(denied);
    expect(slow.stream.writableLength).toBeLessThanOrEqual(maxBufferedBytes);
    const { written, lost } = audit.stats();
    expect(written + lost).toBe(1_000);
    expect(lost).toBeGreaterThan(900);
    slow.release();
    await expect.poll(() => slow.lines).toHaveLength(written + 1);
    expect(JSON.parse(slow.lines.at(-1) ?? "")).toMatchObject({ event: "lost", count: lost });
    audit.record(denied);
    await expect.poll(() => slow.lines).toHaveLength(written + 2);
    expect(JSON.parse(slow.lines.at(-1) ?? "")).toEqual(denied);
    expect(audit.stats()).toEqual({ written: written + 1, lost });
  });

  test("that is slow holds up no call", async () => {
    const audit = auditLog({ sink: slowStream().stream, maxBufferedBytes: 4096 });
    await using pair = await servicePair({ services: [numbersService()], audit });
    const remote = pair.client.client(Numbers);
    for (let n = 0; n < 100; n++) expect(await remote.double({ n })).toEqual({ n: 2 * n });
    expect(audit.stats().lost).toBeGreaterThan(0);
  });

  test("that fails or has ended loses records, and its error is reported", async () => {
    const errors: unknown[] = [];
    const broken = new PassThrough();
    const audit = auditLog({ sink: broken, onError: (error) => errors.push(error) });
    const failure = new Error("no space left on device");
    broken.destroy(failure);
    await new Promise((resolve) => broken.once("close", resolve));
    audit.record(denied);
    expect(errors).toEqual([failure]);
    const ended = new PassThrough();
    ended.end();
    const other = auditLog({ sink: ended, onError: (error) => errors.push(error) });
    other.record(denied);
    expect(errors).toEqual([failure]);
    expect([audit.stats(), other.stats()]).toEqual([
      { written: 0, lost: 1 },
      { written: 0, lost: 1 },
    ]);
  });
});

describe("a pino logger", () => {
  test("gets calls as info and denials as warn, with the start beside its own time", async () => {
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
    const audit = auditLog({ sink: logger });
    await using pair = await servicePair({ services: [numbersService()], audit });
    await pair.client.client(Numbers).double({ n: 1 });
    audit.record(denied);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, time: expect.any(Number), startedAt: expect.any(String), msg: "call" },
      { level: 40, startedAt: denied.time, cause: "expired", msg: "admission denied" },
    ]);
    expect(lines[0]?.match(/"time":/g)).toHaveLength(1);
  });
});

describe("a function", () => {
  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk full"))],
  ])("that %s changes no call, and its error is reported", async (_, sink) => {
    const errors: unknown[] = [];
    const audit = auditLog({ sink, onError: (error) => errors.push(error) });
    await using pair = await servicePair({ services: [numbersService()], audit });
    expect(await pair.client.client(Numbers).double({ n: 1 })).toEqual({ n: 2 });
    await expect.poll(() => errors).toHaveLength(1);
    expect(String(errors[0])).toContain("disk full");
    expect(audit.stats()).toEqual({ written: 0, lost: 1 });
  });

  test("that fails without onError is one process warning", async () => {
    const warnings: Error[] = [];
    const take = (warning: Error): void => void warnings.push(warning);
    process.on("warning", take);
    const audit = auditLog({
      sink: () => {
        throw new Error("disk full");
      },
    });
    for (let count = 0; count < 3; count++) audit.record(denied);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", take);
    expect(warnings.map(({ message }) => message)).toEqual(["the sink of an audit log failed"]);
  });
});
