import { AsterServer, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Testkit, testkitHandlers } from "@aster-apps/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { echoed, echoPart } from "./support/echo-fields.ts";
import { failures } from "./support/failure-codes.ts";
import { PythonClient, type PythonOutcome } from "./support/python-client.ts";
import { type Echo, floats, noise, samples, sizes } from "./support/samples.ts";

const environment = await pythonWithAster();
const ways = ["typed", "proxy"] as const;

describe.skipIf("missing" in environment)("the Python client calls a TypeScript server", () => {
  let server: AsterServer;
  let python: PythonClient;
  const aborted: string[] = [];

  beforeAll(async () => {
    if ("missing" in environment) return;
    server = await AsterServer.start({
      services: [
        implement(
          Testkit,
          testkitHandlers((method) => aborted.push(method)),
        ),
      ],
      gate: openGate(),
      network: "none",
      // the Python client ignores trailing metadata of successful calls
      interceptors: [
        (call, next) => {
          call.context?.addTrailer("sum-bin", Uint8Array.of(0xab));
          return next(call);
        },
      ],
      // the Python client never ends its half of a refused session; the server closes it after this
      // time; the largest payload is 4 MiB, and its message a little more
      limits: { headerTimeoutMs: 2_000, maxMessageBytes: 2 ** 23 },
    });
    python = await PythonClient.start(environment.path);
    await python.connect("server", server.address);
  });

  afterAll(async () => {
    await python?.[Symbol.asyncDispose]();
    await server?.close();
  });

  const repliesOf = ({ error, replies }: PythonOutcome) => {
    expect(error).toBeNull();
    return replies;
  };

  async function echo(via: (typeof ways)[number], request: Echo) {
    const sent = via === "proxy" ? withBase64(request) : request;
    const call = { via, method: "echo", pattern: "unary", requests: [sent] } as const;
    const [reply = {}] = repliesOf(await python.call("server", call));
    return reply;
  }

  describe.each(ways)("%s", (via) => {
    it.each([...samples])("echoes %s", async (_, request) => {
      const reply = await echo(via, request);
      expect(echoPart(reply)).toEqual(
        via === "proxy" ? withBase64(echoed(request)) : echoed(request),
      );
    });

    it("identifies the caller to the handler", async () => {
      const reply = await echo(via, {});
      expect(reply.peer).toMatch(/^[0-9a-f]{64}$/);
      expect(reply.peer).not.toBe(server.endpointId);
      expect(reply).toMatchObject({ roles: [], remaining_ms: -1, metadata: {} });
    });

    it.each(sizes)("receives %i bytes that compression shrinks", async (size) => {
      const text = "x".repeat(size);
      expect((await echo(via, { text })).text === text).toBe(true);
    });

    it.each(sizes)("receives %i bytes that compression does not shrink", async (size) => {
      const blob = noise(size);
      const sent = via === "proxy" ? base64(blob) : blob;
      // a mismatch of megabytes is not worth printing
      expect(same((await echo(via, { blob })).blob, sent)).toBe(true);
    });

    it("sends a server stream", async () => {
      const requests = [{ start: -1, end: 2, size: 3 }];
      const call = { via, method: "count", pattern: "serverStream", requests } as const;
      const payload = via === "proxy" ? "AAAA" : new Uint8Array(3);
      const items = [-1, 0, 1].map((n) => ({ n, payload }));
      expect(repliesOf(await python.call("server", call))).toEqual(items);
    });

    it("sends an empty server stream", async () => {
      const call = { via, method: "count", pattern: "serverStream", requests: [{}] } as const;
      expect(repliesOf(await python.call("server", call))).toEqual([]);
    });

    it("sends a long server stream", async () => {
      const requests = [{ start: 0, end: 2000, size: 100 }];
      const call = { via, method: "count", pattern: "serverStream", requests } as const;
      const numbers = repliesOf(await python.call("server", call)).map((item) => item.n);
      expect(numbers).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    });

    it("sends the items of a server stream before its failure", async () => {
      const requests = [{ start: 0, end: 3 }];
      const call = { via, method: "failing_count", pattern: "serverStream", requests } as const;
      const { replies, error } = await python.call("server", call);
      expect(replies.map((item) => item.n)).toEqual([0, 1, 2]);
      expect(error).toMatchObject({ code: StatusCode.FAILED_PRECONDITION, message: "enough" });
    });

    it("aborts a server stream that the client leaves", async () => {
      aborted.length = 0;
      const requests = [{ start: 0, end: 1_000_000, delay_ms: 5 }];
      const call = { via, method: "count", pattern: "serverStream", requests, take: 3 } as const;
      expect(repliesOf(await python.call("server", call))).toHaveLength(3);
      await expect.poll(() => aborted, { timeout: 5_000 }).toEqual(["count"]);
    });

    it.each([0, 1, 1000])("receives %i requests", async (length) => {
      const requests = Array.from({ length }, (_, n) => ({ n }));
      const call = { via, method: "sum", pattern: "clientStream", requests } as const;
      const total = (length / 2) * (length - 1) + 0;
      expect(repliesOf(await python.call("server", call))).toEqual([{ total, items: length }]);
    });

    it.each([0, 1, 100])("streams %i messages both ways", async (length) => {
      const texts = Array.from({ length }, (_, n) => `message ${n}`);
      const requests = texts.map((text) => ({ text }));
      const call = { via, method: "chat", pattern: "bidi", requests } as const;
      expect(repliesOf(await python.call("server", call)).map((reply) => reply.text)).toEqual(
        texts,
      );
    });

    it.each(failures)("fails with %s", async (_, code) => {
      const requests = [{ code, message: `über ${code}`, after: 7 }];
      const call = { via, method: "fail", pattern: "unary", requests } as const;
      const { replies, error } = await python.call("server", call);
      expect(replies).toEqual([]);
      const details = { after: "7", "sum-bin": "qw==" };
      expect(error).toEqual({ type: "RpcError", code, message: `über ${code}`, details });
    });

    it("serves 300 calls at once", async () => {
      const { numbers, errors } = await python.load("server", via, 300);
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
    const [reply = {}] = repliesOf(await python.call("server", call));
    expect(reply.metadata).toEqual(metadata);
    expect(reply.remaining_ms).toBeGreaterThan(3000);
    expect(reply.remaining_ms).toBeLessThanOrEqual(5000);
  });

  it("ends a call at its deadline", async () => {
    aborted.length = 0;
    const requests = [{ ms: 30_000 }];
    const call = { method: "sleep", pattern: "unary", requests, timeout: 0.3 } as const;
    const { error, ms } = await python.call("server", call);
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    expect(ms).toBeGreaterThan(200);
    expect(ms).toBeLessThan(20_000);
    expect(aborted).toEqual(["sleep"]);
  });

  it("ends a stream at its deadline", async () => {
    const requests = [{ start: 0, end: 1000, delay_ms: 50 }];
    const call = { method: "count", pattern: "serverStream", requests, timeout: 0.4 } as const;
    const { error, replies } = await python.call("server", call);
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    expect(replies.length).toBeGreaterThan(0);
    expect(replies.length).toBeLessThan(20);
  });

  it.each([2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)])(
    "refuses %i, which a JavaScript number cannot hold",
    async (number) => {
      const call = { method: "echo", pattern: "unary", requests: [{ number }] } as const;
      const { error } = await python.call("server", call);
      expect(error).toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
      expect(error?.message).toContain("number");
      expect(echoPart(await echo("typed", { number: 1 }))).toMatchObject({ number: 1 });
    },
  );

  it("refuses a call whose deadline has passed", async () => {
    aborted.length = 0;
    const call = { method: "sleep", pattern: "unary", requests: [{}], timeout: -10 } as const;
    const { error } = await python.call("server", call);
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    expect(aborted).toEqual([]);
  });

  it("accepts JSON under a header that says XLANG", async () => {
    const via = "typed-json";
    const sleep = { via, method: "sleep", pattern: "unary", requests: [{ ms: 1 }] } as const;
    expect(repliesOf(await python.call("server", sleep))).toEqual([{ ms: 1 }]);
    const requests = [{ start: 0, end: 2 }];
    const count = { via, method: "failing_count", pattern: "serverStream", requests } as const;
    const { replies, error } = await python.call("server", count);
    expect(replies).toEqual([0, 1].map((n) => ({ n, payload: "" })));
    expect(error).toMatchObject({ code: StatusCode.FAILED_PRECONDITION, message: "enough" });
  });

  it("refuses a session with a shared service", async () => {
    const message =
      "'Testkit' is shared: send a method name instead of opening a session stream (method='')";
    await expect(python.session("server")).rejects.toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      message,
    });
  });

  it("refuses an unknown method", async () => {
    const call = { via: "proxy", method: "nope", pattern: "unary", requests: [{}] } as const;
    const { error } = await python.call("server", call);
    const message = "Method 'Testkit.nope' not implemented";
    expect(error).toMatchObject({ code: StatusCode.UNIMPLEMENTED, message });
  });

  it("refuses an unknown service", async () => {
    const call = { via: "proxy", service: "Nope", method: "echo", pattern: "unary" } as const;
    const { error } = await python.call("server", { ...call, requests: [{}] });
    const message = "Service 'Nope' v1 not found";
    expect(error).toMatchObject({ code: StatusCode.NOT_FOUND, message });
  });

  it("refuses an unknown field", async () => {
    const requests = [{ text: "a", bogus: 1 }];
    const { error } = await python.call("server", {
      via: "proxy",
      method: "echo",
      pattern: "unary",
      requests,
    });
    expect(error).toMatchObject({ code: StatusCode.CONTRACT_VIOLATION });
    expect(error?.message).toContain("bogus");
  });

  it("refuses a wrong type in JSON", async () => {
    const requests = [{ text: 5 }];
    const { error } = await python.call("server", {
      via: "proxy",
      method: "echo",
      pattern: "unary",
      requests,
    });
    expect([StatusCode.INVALID_ARGUMENT, StatusCode.CONTRACT_VIOLATION]).toContain(error?.code);
  });

  it("releases everything when the calls are over", async () => {
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
