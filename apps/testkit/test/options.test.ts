import { describe, expect, it } from "vitest";
import { callOptions } from "../src/call/call-options.ts";
import { summaryOf } from "../src/call/summary.ts";
import { serveOptions } from "../src/serve/serve-options.ts";
import { UsageError } from "../src/usage.ts";

describe("the options of call", () => {
  it("have defaults", () => {
    expect(callOptions(["echo", "--address", "A"])).toEqual({
      calls: [{ method: "echo", request: {} }],
      rounds: 1,
      address: "A",
      service: "Testkit",
      session: false,
      checkContract: false,
      mode: undefined,
      concurrency: 1,
      deadlineMs: undefined,
      cancelMs: undefined,
      readDelayMs: 0,
      sendDelayMs: 0,
      trace: false,
      hold: false,
      idleMs: undefined,
      connectMs: undefined,
      keyFile: undefined,
      credential: undefined,
      identity: undefined,
      peer: undefined,
      metadata: {},
      expect: 0,
    });
  });

  it("are read", () => {
    const args =
      'm --address A --service S --check-contract --request [{"n":1}] --mode json --n 3 --concurrency 2 --deadline-ms 9 --cancel-ms 8 --read-delay-ms 7 --send-delay-ms 6 --trace --hold --idle-ms 4000 --connect-ms 3000 --key-file f --credential c --metadata a=b=c --metadata d= --expect 5';
    expect(callOptions(args.split(" "))).toEqual({
      calls: [{ method: "m", request: [{ n: 1 }] }],
      rounds: 3,
      address: "A",
      service: "S",
      session: false,
      checkContract: true,
      mode: "json",
      concurrency: 2,
      deadlineMs: 9,
      cancelMs: 8,
      readDelayMs: 7,
      sendDelayMs: 6,
      trace: true,
      hold: true,
      idleMs: 4000,
      connectMs: 3000,
      keyFile: "f",
      credential: "c",
      identity: undefined,
      peer: undefined,
      metadata: { a: "b=c", d: "" },
      expect: 5,
    });
  });

  it("take several methods, whose requests are their own or the last one", () => {
    const args = 'a b c --session --address A --request {"n":1} --request {}'.split(" ");
    expect(callOptions(args)).toMatchObject({
      calls: [
        { method: "a", request: { n: 1 } },
        { method: "b", request: {} },
        { method: "c", request: {} },
      ],
      session: true,
    });
  });

  it.each([
    ["a missing method", [], /at least one METHOD/],
    ["too many requests", ["a", "--request", "{}", "--request", "{}"], /2 requests for 1 METHODs/],
    ["a missing address", ["echo"], /--address/],
    ["an unknown option", ["echo", "--address", "A", "--root", "f"], /supported: --address/],
    [
      "an identity beside a credential",
      ["echo", "--address", "A", "--identity", "f", "--credential", "f"],
      /--identity and --credential exclude/,
    ],
    [
      "an identity beside a key",
      ["echo", "--address", "A", "--identity", "f", "--key-file", "f"],
      /--identity and --key-file exclude/,
    ],
    ["an entry of no identity", ["echo", "--address", "A", "--peer", "p"], /--identity, which is/],
    [
      "an unknown mode",
      ["echo", "--address", "A", "--mode", "xml"],
      /supported: xlang xlang1 json native row/,
    ],
    [
      "a text for a number",
      ["echo", "--address", "A", "--n", "x"],
      /--n takes a whole number from 1/,
    ],
    ["a fraction", ["echo", "--address", "A", "--n", "1.5"], /--n takes/],
    ["a time of zero", ["echo", "--address", "A", "--deadline-ms", "0"], /--deadline-ms takes/],
    ["zero rounds", ["echo", "--address", "A", "--n", "0"], /--n takes/],
    ["invalid JSON", ["echo", "--address", "A", "--request", "{"], /--request takes JSON/],
    [
      "a pair without =",
      ["echo", "--address", "A", "--metadata", "a"],
      /--metadata takes name=value/,
    ],
  ])("are refused: %s", (_, args, text) => {
    expect(() => callOptions(args)).toThrow(UsageError);
    expect(() => callOptions(args)).toThrow(text);
  });
});

describe("the options of serve", () => {
  it("have defaults", () => {
    expect(serveOptions([])).toEqual({ limits: {}, admissionLimits: {} });
  });

  it("are read", () => {
    const args =
      "--open --bind 127.0.0.1:0 --key-file f --limit maxCalls=5 --limit maxQueuedItems=6 --idle-ms 1000";
    expect(serveOptions(args.split(" "))).toEqual({
      bind: "127.0.0.1:0",
      keyFile: "f",
      limits: { maxCalls: 5, maxQueuedItems: 6 },
      admissionLimits: {},
      idleMs: 1000,
    });
  });

  it("close the gate", () => {
    const args =
      "--root-pub r --identity i --peer p --one-time-store t --revocations l --close-producers --limit admissionsPerAddress=7";
    expect(serveOptions(args.split(" "))).toEqual({
      rootPub: "r",
      identity: "i",
      peer: "p",
      oneTimeStore: "t",
      revocations: "l",
      limits: {},
      admissionLimits: { perAddress: 7 },
    });
  });

  it.each([
    ["an argument", ["x"], /takes no argument "x"/],
    ["an unknown option", ["--root", "f"], /supported: --bind --key-file --open/],
    ["an open gate beside a root key", ["--open", "--root-pub", "f"], /--open and --root-pub/],
    ["an open gate beside an identity", ["--open", "--identity", "f"], /--open and --identity/],
    ["an entry of no identity", ["--peer", "p"], /--identity, which is missing/],
    ["tokens of an open gate", ["--one-time-store", "d"], /--one-time-store needs --root-pub/],
    ["a limit of no admissions", ["--limit", "admissionsPerAddress=0"], /whole number from 1/],
    ["an unknown limit", ["--limit", "nope=1"], /supported: maxMessageBytes/],
    ["a limit without a value", ["--limit", "maxCalls"], /--limit takes name=value/],
    ["an empty limit", ["--limit", "maxCalls="], /limit maxCalls takes a whole number/],
  ])("are refused: %s", (_, args, text) => {
    expect(() => serveOptions(args)).toThrow(UsageError);
    expect(() => serveOptions(args)).toThrow(text);
  });
});

describe("the summary", () => {
  it("counts calls and takes nearest-rank percentiles", () => {
    const calls = Array.from({ length: 100 }, (_, index) => ({ ok: index > 9, ms: 100 - index }));
    expect(summaryOf(calls)).toEqual({ ok: 90, failed: 10, p50Ms: 50, p99Ms: 99 });
  });

  it("is zero without calls", () => {
    expect(summaryOf([])).toEqual({ ok: 0, failed: 0, p50Ms: 0, p99Ms: 0 });
  });
});
