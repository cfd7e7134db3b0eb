import { AsterClient, type Client, RpcError, StatusCode } from "@aster/rpc";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Testkit } from "@aster-apps/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { echoed, echoPart } from "./support/echo-fields.ts";
import { failures } from "./support/failure-codes.ts";
import { PythonServer } from "./support/python-server.ts";
import { floats, noise, samples, sizes } from "./support/samples.ts";

const environment = await pythonWithAster();

describe.skipIf("missing" in environment)("the TypeScript client calls a Python server", () => {
  let server: PythonServer;
  let client: AsterClient;
  let xlang: Client<typeof Testkit>;
  let json: Client<typeof Testkit>;

  beforeAll(async () => {
    if ("missing" in environment) return;
    server = await PythonServer.start(environment.path);
    client = await AsterClient.connect(server.ready.address, {
      network: "none",
      // the largest payload is 4 MiB, and its message a little more
      limits: { maxMessageBytes: 2 ** 23 },
    });
    xlang = client.client(Testkit);
    json = client.client(Testkit, { serialization: "json" });
  });

  afterAll(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
  });

  describe.each(["xlang", "json"])("%s", (mode) => {
    const stub = () => (mode === "xlang" ? xlang : json);

    it.each([...samples])("echoes %s", async (_, request) => {
      expect(echoPart(await stub().echo(request))).toEqual(echoed(request));
    });

    it("identifies the caller to the server", async () => {
      const reply = await stub().echo({});
      expect(reply.peer).toBe(client.node.id);
      expect(reply).toMatchObject({ roles: [], remainingMs: -1, metadata: {} });
    });

    it("carries metadata and the deadline", async () => {
      const metadata = { "trace-id": "ü 1", empty: "" };
      const reply = await stub().echo({}, { metadata, timeoutMs: 5_000 });
      expect(reply.metadata).toEqual(metadata);
      expect(reply.remainingMs).toBeGreaterThan(3000);
      expect(reply.remainingMs).toBeLessThanOrEqual(5000);
    });

    it.each(sizes)("sends %i bytes that compression shrinks", async (size) => {
      const text = "x".repeat(size);
      expect((await stub().echo({ text })).text === text).toBe(true);
    });

    it.each(sizes)("sends %i bytes that compression does not shrink", async (size) => {
      const blob = noise(size);
      const reply = await stub().echo({ blob });
      // a mismatch of megabytes is not worth printing
      expect(Buffer.compare(reply.blob, blob)).toBe(0);
    });

    it.each([0, 1, 1000])("streams %i requests", async (length) => {
      const items = Array.from({ length }, (_, n) => ({ n }));
      const total = (length / 2) * (length - 1) + 0;
      expect(await stub().sum(stream(items))).toEqual({ total, items: length });
    });

    it.each([0, 1, 100])("streams %i messages both ways", async (length) => {
      const texts = Array.from({ length }, (_, n) => `message ${n}`);
      const replies = stub().chat(stream(texts.map((text) => ({ text }))));
      expect((await all(replies)).map((reply) => reply.text)).toEqual(texts);
    });

    it("alternates requests and replies of a bidi stream", async () => {
      let replies = 0;
      async function* requests() {
        for (let n = 0; n < 10; n += 1) {
          expect(replies).toBeGreaterThanOrEqual(n - 1);
          yield { number: n };
          while (replies <= n) await new Promise(setImmediate);
        }
      }
      for await (const reply of stub().chat(requests())) {
        expect(reply.number).toBe(replies);
        replies += 1;
      }
      expect(replies).toBe(10);
    });

    it("reports the failure of a server stream", async () => {
      const failure = all(stub().failing_count({}));
      await expect(failure).rejects.toMatchObject({ code: 9, rawMessage: "enough" });
    });

    it.each(failures)("fails with %s", async (_, code) => {
      const failure = await rejection(stub().fail({ code, message: `über ${code}`, after: 7 }));
      expect(failure.code).toBe(code);
      expect(failure.rawMessage).toBe(`über ${code}`);
      // the Python server sends no details
      expect({ ...failure.details }).toEqual({});
    });

    it("makes 300 calls at once", async () => {
      const numbers = Array.from({ length: 300 }, (_, n) => n);
      const replies = await Promise.all(numbers.map((number) => stub().echo({ number })));
      expect(replies.map((reply) => reply.number)).toEqual(numbers);
    });

    it("ends a call at its deadline", async () => {
      const started = performance.now();
      const failure = await rejection(stub().sleep({ ms: 30_000 }, { timeoutMs: 300 }));
      expect(failure.code).toBe(StatusCode.DEADLINE_EXCEEDED);
      expect(performance.now() - started).toBeLessThan(20_000);
    });

    it("cancels a call", async () => {
      const signal = AbortSignal.timeout(100);
      const caller = new AbortController();
      signal.addEventListener("abort", () => caller.abort());
      const started = performance.now();
      const failure = await rejection(stub().sleep({ ms: 30_000 }, { signal: caller.signal }));
      expect(failure.code).toBe(StatusCode.CANCELLED);
      expect(performance.now() - started).toBeLessThan(20_000);
      expect((await stub().echo({ text: "after" })).text).toBe("after");
    });

    it("fails to call an unknown method", async () => {
      const failure = await rejection(client.proxy("Testkit").nope?.({}));
      expect(failure.code).toBe(StatusCode.UNIMPLEMENTED);
    });
  });

  it.each([...floats])("carries %s", async (_, request) => {
    expect((await xlang.echo(request)).ratio).toBe(request.ratio);
  });

  it("reads a server stream", async () => {
    const payload = new Uint8Array(3);
    const items = [-1, 0, 1].map((n) => ({ n, payload }));
    expect(await all(xlang.count({ start: -1, end: 2, size: 3 }))).toEqual(items);
  });

  it("reads an empty server stream", async () => {
    expect(await all(xlang.count({}))).toEqual([]);
    expect(await all(json.count({}))).toEqual([]);
  });

  it("reads a long server stream with compression", async () => {
    const items = await all(xlang.count({ start: 0, end: 500, size: 5000 }));
    expect(items.map((item) => item.n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(items.every((item) => item.payload.length === 5000)).toBe(true);
  });

  it("leaves a server stream", async () => {
    const seen: number[] = [];
    for await (const { n } of xlang.count({ start: 0, end: 1_000_000, delayMs: 5 })) {
      seen.push(n);
      if (n === 2) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    expect((await xlang.echo({ text: "after" })).text).toBe("after");
  });

  it("reads the items of a server stream before its failure", async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { n } of xlang.failing_count({ start: 0, end: 3 })) seen.push(n);
    })();
    await expect(reading).rejects.toMatchObject({ code: 9, rawMessage: "enough" });
    expect(seen).toEqual([0, 1, 2]);
  });

  it("reports a reply that the Python package cannot encode as JSON", async () => {
    // bytes that the handler makes; echoed bytes are strings to it and pass through
    const failure = await rejection(all(json.count({ start: 0, end: 1 })));
    expect(failure.code).toBe(StatusCode.UNKNOWN);
    expect(failure.rawMessage).toBe("Object of type bytes is not JSON serializable");
  });

  it("calls a ROW method in XLANG because the server does not offer ROW", async () => {
    expect((await all(xlang.rows({ end: 2 }))).map(({ n }) => n)).toEqual([0, 1]);
  });

  it.each(["native", "row"] as const)(
    "refuses to call in %s, which the server does not offer",
    async (serialization) => {
      const failure = await rejection(xlang.echo({}, { serialization }));
      expect(failure.code).toBe(StatusCode.FAILED_PRECONDITION);
      expect(failure.details).toMatchObject({ ours: serialization, theirs: "xlang" });
    },
  );

  it("refuses to call in profile B, which the server does not offer", async () => {
    const failure = await rejection(client.client(Testkit, { profile: "B" }).echo({}));
    expect(failure.details).toMatchObject({ ours: "xlang1", theirs: "xlang" });
  });

  it("fails to call an unknown service", async () => {
    const failure = await rejection((async () => client.proxy("Nope").echo?.({}))());
    expect(failure.code).toBe(StatusCode.NOT_FOUND);
  });

  it("fails to send an unknown field", async () => {
    const failure = await rejection(client.proxy("Testkit").echo?.({ bogus: 1 }));
    expect(failure.code).toBe(StatusCode.CONTRACT_VIOLATION);
    expect(failure.rawMessage).toMatch(/^contract violation at EchoRequest: unexpected JSON field/);
  });
});

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function rejection(promise: Promise<unknown> | undefined): Promise<RpcError> {
  const reason = await promise?.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(RpcError);
  return reason as RpcError;
}
