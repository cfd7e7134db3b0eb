import { PassThrough, Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { RpcError, StatusCode } from "@aster/rpc";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { requestLog } from "../src/request-log.ts";
import { fakeCall } from "./fake-call.ts";
import { Counter, counterService, Numbers, numbersService, pass } from "./numbers.ts";

let lines: string[];
const log = requestLog({ sink: (line) => lines.push(line) });

beforeEach(() => {
  lines = [];
  // the variables of the machine decide about colours
  for (const name of ["NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS"])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test("writes a line with time, side, method, peer, status, duration and counts", async () => {
  using clock = fakeClock();
  const time = new Date(clock.epochMs + 1.5).toISOString().slice(11, -1);
  await log(fakeCall(), async () => clock.advance(1.5));
  expect(lines).toEqual([
    `${time} client Echo/say abababab...abab OK 1.50 ms, 1 request, 1 response`,
  ]);
});

test("a failed call has its status and the text of its error, and a repeated one its number", async () => {
  const error = new RpcError(StatusCode.NOT_FOUND, "no such room");
  await log(fakeCall({ attempt: 2 }), () => Promise.reject(error)).catch(() => {});
  expect(lines[0]).toMatch(
    /NOT_FOUND \d+\.\d\d ms, 1 request, 0 responses, attempt 2: no such room$/,
  );
});

test("escapes and cuts the texts of a peer", async () => {
  const error = new RpcError(StatusCode.ABORTED, `a\nb\u001b[31m\u202e${"x".repeat(5000)}`);
  const call = fakeCall({ service: "Echo\r", method: "say\u009b" });
  await log(call, () => Promise.reject(error)).catch(() => {});
  expect(lines[0]).toContain("Echo\\u000d/say\\u009b");
  expect(lines[0]).toContain(": a\\u000ab\\u001b[31m\\u202exxx");
  expect(lines[0]?.length).toBeLessThan(400);
});

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("writes one line per call of every pattern, on both sides", async () => {
    await using pair = await servicePair({
      transport,
      services: [numbersService(), counterService()],
      interceptors: [log],
      client: { interceptors: [log] },
    });
    const remote = pair.client.client(Numbers);
    await remote.double({ n: 1 });
    for await (const _ of remote.count({ n: 3 }));
    await remote.sum(pass(1, 2));
    for await (const _ of remote.chat(pass(1, 2)));
    await expect(remote.double({ n: -1 })).rejects.toThrow();
    await using session = await pair.client.session(Counter);
    await session.add({ n: 1 });
    await expect.poll(() => lines).toHaveLength(12);
    const facts = lines.map((line) =>
      line
        .replace(/^\S+ /, "")
        .replace(/ \S+\.\.\.\S+/, "")
        .replace(/\d+\.\d\d ms, /, ""),
    );
    for (const side of ["client", "server"]) {
      expect(facts.filter((line) => line.startsWith(side))).toEqual([
        `${side} Numbers/double OK 1 request, 1 response`,
        `${side} Numbers/count OK 1 request, 3 responses`,
        `${side} Numbers/sum OK 2 requests, 1 response`,
        `${side} Numbers/chat OK 2 requests, 2 responses`,
        `${side} Numbers/double OUT_OF_RANGE 1 request, 0 responses: the number is below 0`,
        `${side} Counter/add OK 1 request, 1 response`,
      ]);
    }
  });
});

describe("a stream", () => {
  /** The text that one call writes. */
  async function written(stream: PassThrough, colors?: boolean): Promise<string> {
    await requestLog({ sink: stream, colors })(fakeCall(), async () => {});
    return String(stream.read());
  }
  const terminal = () => {
    const { getColorDepth } = WriteStream.prototype;
    return Object.assign(new PassThrough(), { isTTY: true, getColorDepth });
  };

  test("has colours only if it is a terminal, or if the program says so", async () => {
    // these variables turn colours off, and tests run with and without them
    for (const name of ["CI", "NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS"]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv("TERM", "xterm");
    const plain = await written(new PassThrough());
    expect(plain).toBe(stripVTControlCharacters(plain));
    expect(plain.endsWith("\n")).toBe(true);
    expect(await written(terminal())).toContain("\u001b[32mOK");
    expect(await written(terminal(), false)).not.toContain("\u001b");
    expect(await written(new PassThrough(), true)).toContain("\u001b[32mOK");
    vi.stubEnv("NO_COLOR", "1");
    expect(await written(terminal())).not.toContain("\u001b");
  });

  test("that is slow keeps a bounded number of lines, and one that fails ends nothing", async () => {
    const slow = new Writable({ write() {} });
    const slowLog = requestLog({ sink: slow });
    for (let count = 0; count < 20_000; count++) await slowLog(fakeCall(), async () => {});
    expect(slow.writableLength).toBeLessThanOrEqual(1024 * 1024);
    const broken = new PassThrough();
    const brokenLog = requestLog({ sink: broken });
    broken.destroy(new Error("no reader"));
    expect(await brokenLog(fakeCall(), async () => "answer")).toBe("answer");
  });
});

test.each<[string, object]>([
  ["sink must be a writable stream or a function", { sink: "stderr" }],
  ["colors must be true or false", { colors: "auto" }],
  ["unknown option stream; use sink, colors", { stream: process.stderr }],
])("refuses options: %s", (text, options) => {
  expect(() => requestLog(options as never)).toThrow(text);
});
