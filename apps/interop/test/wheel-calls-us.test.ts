import { AsterServer, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testkitHandlers } from "../src/handlers.ts";
import { pythonWithWheel } from "../src/process/python.ts";
import { Testkit } from "../src/service.ts";
import { failures } from "./support/codes.ts";
import { echoed, echoPart } from "./support/echo-fields.ts";
import { type Echo, floats, noise, samples, sizes } from "./support/samples.ts";
import { WheelClient, type WheelOutcome } from "./support/wheel-client.ts";

const python = await pythonWithWheel();
const ways = ["typed", "proxy"] as const;

describe.skipIf("missing" in python)("the wheel calls our server", () => {
  let server: AsterServer;
  let wheel: WheelClient;
  const aborted: string[] = [];

  beforeAll(async () => {
    if ("missing" in python) return;
    server = await AsterServer.start({
      services: [
        implement(
          Testkit,
          testkitHandlers((method) => aborted.push(method)),
        ),
      ],
      gate: openGate(),
      network: "none",
      // a status may bring something along: the wheel passes over it when the call went well
      interceptors: [
        (call, next) => {
          call.context?.addTrailer("sum-bin", Uint8Array.of(0xab));
          return next(call);
        },
      ],
      // how long a call that is over waits for its caller to end it too: the wheel's sessions do not
      limits: { headerTimeoutMs: 2_000 },
    });
    wheel = await WheelClient.start(python.path);
    await wheel.connect("us", server.address);
  });

  afterAll(async () => {
    await wheel?.[Symbol.asyncDispose]();
    await server?.close();
  });

  const good = ({ error, replies }: WheelOutcome) => {
    expect(error).toBeNull();
    return replies;
  };

  async function echo(via: (typeof ways)[number], request: Echo) {
    const sent = via === "proxy" ? withBase64(request) : request;
    const call = { via, method: "echo", pattern: "unary", requests: [sent] } as const;
    const [reply = {}] = good(await wheel.call("us", call));
    return reply;
  }

  describe.each(ways)("%s", (via) => {
    it.each([...samples])("echo of %s", async (_, request) => {
      const reply = await echo(via, request);
      expect(echoPart(reply)).toEqual(
        via === "proxy" ? withBase64(echoed(request)) : echoed(request),
      );
    });

    it("tells the handler who calls", async () => {
      const reply = await echo(via, {});
      expect(reply.peer).toMatch(/^[0-9a-f]{64}$/);
      expect(reply.peer).not.toBe(server.endpointId);
      expect(reply).toMatchObject({ roles: [], remaining_ms: -1, metadata: {} });
    });

    it.each(sizes)("a message of %i bytes that compression shrinks", async (size) => {
      const text = "x".repeat(size);
      expect((await echo(via, { text })).text === text).toBe(true);
    });

    it.each(sizes)("a message of %i bytes that it does not shrink", async (size) => {
      const blob = noise(size);
      const sent = via === "proxy" ? base64(blob) : blob;
      // a mismatch of megabytes is not worth printing
      expect(same((await echo(via, { blob })).blob, sent)).toBe(true);
    });

    it("server stream", async () => {
      const requests = [{ start: -1, end: 2, size: 3 }];
      const call = { via, method: "count", pattern: "serverStream", requests } as const;
      const payload = via === "proxy" ? "AAAA" : new Uint8Array(3);
      const items = [-1, 0, 1].map((n) => ({ n, payload }));
      expect(good(await wheel.call("us", call))).toEqual(items);
    });

    it("server stream of nothing", async () => {
      const call = { via, method: "count", pattern: "serverStream", requests: [{}] } as const;
      expect(good(await wheel.call("us", call))).toEqual([]);
    });

    it("server stream of many", async () => {
      const requests = [{ start: 0, end: 2000, size: 100 }];
      const call = { via, method: "count", pattern: "serverStream", requests } as const;
      const numbers = good(await wheel.call("us", call)).map((item) => item.n);
      expect(numbers).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    });

    it("server stream that fails after its items", async () => {
      const requests = [{ start: 0, end: 3 }];
      const call = { via, method: "failing_count", pattern: "serverStream", requests } as const;
      const { replies, error } = await wheel.call("us", call);
      expect(replies.map((item) => item.n)).toEqual([0, 1, 2]);
      expect(error).toMatchObject({ code: StatusCode.FAILED_PRECONDITION, message: "enough" });
    });

    it("server stream that the wheel leaves", async () => {
      aborted.length = 0;
      const requests = [{ start: 0, end: 1_000_000, delay_ms: 5 }];
      const call = { via, method: "count", pattern: "serverStream", requests, take: 3 } as const;
      expect(good(await wheel.call("us", call))).toHaveLength(3);
      await expect.poll(() => aborted, { timeout: 5_000 }).toEqual(["count"]);
    });

    it.each([0, 1, 1000])("client stream of %i", async (length) => {
      const requests = Array.from({ length }, (_, n) => ({ n }));
      const call = { via, method: "sum", pattern: "clientStream", requests } as const;
      const total = (length / 2) * (length - 1) + 0;
      expect(good(await wheel.call("us", call))).toEqual([{ total, items: length }]);
    });

    it.each([0, 1, 100])("bidi stream of %i", async (length) => {
      const texts = Array.from({ length }, (_, n) => `message ${n}`);
      const requests = texts.map((text) => ({ text }));
      const call = { via, method: "chat", pattern: "bidi", requests } as const;
      expect(good(await wheel.call("us", call)).map((reply) => reply.text)).toEqual(texts);
    });

    it.each(failures)("fails with %s", async (_, code) => {
      const requests = [{ code, message: `über ${code}`, after: 7 }];
      const call = { via, method: "fail", pattern: "unary", requests } as const;
      const { replies, error } = await wheel.call("us", call);
      expect(replies).toEqual([]);
      const details = { after: "7", "sum-bin": "qw==" };
      expect(error).toEqual({ type: "RpcError", code, message: `über ${code}`, details });
    });

    it("300 calls at once", async () => {
      const { numbers, errors } = await wheel.load("us", via, 300);
      expect(errors).toEqual([]);
      expect(numbers).toEqual(Array.from({ length: 300 }, (_, n) => n));
    });
  });

  it.each([...floats])("carries %s", async (_, request) => {
    expect((await echo("typed", request)).ratio).toBe(request.ratio);
  });

  it("carries metadata and the deadline", async () => {
    const metadata = { "trace-id": "ü 1", empty: "" };
    const call = {
      method: "echo",
      pattern: "unary",
      requests: [{}],
      timeout: 5,
      metadata,
    } as const;
    const [reply = {}] = good(await wheel.call("us", call));
    expect(reply.metadata).toEqual(metadata);
    expect(reply.remaining_ms).toBeGreaterThan(3000);
    expect(reply.remaining_ms).toBeLessThanOrEqual(5000);
  });

  it("ends a call at its deadline", async () => {
    aborted.length = 0;
    const requests = [{ ms: 30_000 }];
    const call = { method: "sleep", pattern: "unary", requests, timeout: 0.3 } as const;
    const { error, ms } = await wheel.call("us", call);
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    expect(ms).toBeGreaterThan(200);
    expect(ms).toBeLessThan(3000);
    expect(aborted).toEqual(["sleep"]);
  });

  it("ends a stream at its deadline", async () => {
    const requests = [{ start: 0, end: 1000, delay_ms: 50 }];
    const call = { method: "count", pattern: "serverStream", requests, timeout: 0.4 } as const;
    const { error, replies } = await wheel.call("us", call);
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    expect(replies.length).toBeGreaterThan(0);
    expect(replies.length).toBeLessThan(20);
  });

  it.each([2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)])(
    "refuses %i for a JS number",
    async (number) => {
      const call = { method: "echo", pattern: "unary", requests: [{ number }] } as const;
      const { error } = await wheel.call("us", call);
      expect(error).toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
      expect(error?.message).toContain("number");
      expect(echoPart(await echo("typed", { number: 1 }))).toMatchObject({ number: 1 });
    },
  );

  it("refuses a call that is late already", async () => {
    aborted.length = 0;
    const call = { method: "sleep", pattern: "unary", requests: [{}], timeout: -10 } as const;
    const { error } = await wheel.call("us", call);
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    expect(aborted).toEqual([]);
  });

  it("takes JSON under a header that says XLANG", async () => {
    const via = "typed-json";
    const sleep = { via, method: "sleep", pattern: "unary", requests: [{ ms: 1 }] } as const;
    expect(good(await wheel.call("us", sleep))).toEqual([{ ms: 1 }]);
    const requests = [{ start: 0, end: 2 }];
    const count = { via, method: "failing_count", pattern: "serverStream", requests } as const;
    const { replies, error } = await wheel.call("us", count);
    expect(replies).toEqual([0, 1].map((n) => ({ n, payload: "" })));
    expect(error).toMatchObject({ code: StatusCode.FAILED_PRECONDITION, message: "enough" });
  });

  it("has no sessions", async () => {
    const message =
      "'Testkit' is shared: send a method name instead of opening a session stream (method='')";
    await expect(wheel.session("us")).rejects.toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      message,
    });
  });

  it("has no other method", async () => {
    const call = { via: "proxy", method: "nope", pattern: "unary", requests: [{}] } as const;
    const { error } = await wheel.call("us", call);
    const message = "Method 'Testkit.nope' not implemented";
    expect(error).toMatchObject({ code: StatusCode.UNIMPLEMENTED, message });
  });

  it("has no other service", async () => {
    const call = { via: "proxy", service: "Nope", method: "echo", pattern: "unary" } as const;
    const { error } = await wheel.call("us", { ...call, requests: [{}] });
    const message = "Service 'Nope' v1 not found";
    expect(error).toMatchObject({ code: StatusCode.NOT_FOUND, message });
  });

  it("knows no other field", async () => {
    const requests = [{ text: "a", bogus: 1 }];
    const { error } = await wheel.call("us", {
      via: "proxy",
      method: "echo",
      pattern: "unary",
      requests,
    });
    expect(error).toMatchObject({ code: StatusCode.CONTRACT_VIOLATION });
    expect(error?.message).toContain("bogus");
  });

  it("takes no wrong type in JSON", async () => {
    const requests = [{ text: 5 }];
    const { error } = await wheel.call("us", {
      via: "proxy",
      method: "echo",
      pattern: "unary",
      requests,
    });
    expect([StatusCode.INVALID_ARGUMENT, StatusCode.CONTRACT_VIOLATION]).toContain(error?.code);
  });

  it("holds nothing of the calls that are over", async () => {
    await expect
      .poll(() => server.stats(), { timeout: 8_000 })
      .toMatchObject({ calls: 0, channels: 0, queuedBytes: 0 });
  });
});

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function withBase64(value: Record<string, unknown>): Record<string, unknown> {
  const { blob } = value;
  return blob instanceof Uint8Array ? { ...value, blob: base64(blob) } : value;
}

function same(left: unknown, right: unknown): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return Buffer.compare(left, right) === 0;
  }
  return left === right;
}
