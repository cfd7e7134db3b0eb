// Calls that no server has looked at are repeated, whatever their method.
import { AsterClient, implement, RpcError, StatusCode } from "@aster/rpc";
import { createClient, createSession } from "@aster/rpc/client";
import { isUnprocessed } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair, WrappedConnection } from "@aster/rpc/testing";
import { type Channel, type Connection, ResetCode } from "@aster/transport";
import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { describe, expect, test, vi } from "vitest";
import { Flaky, FlakySession, flaky, Script, unavailable } from "../support/flaky.ts";
import { received } from "../support/received.ts";
import { revivable } from "../support/revivable.ts";

const code = StatusCode.UNAVAILABLE;
const quick = { initialBackoffMs: 1 };

const failure = (work: Promise<unknown>): Promise<RpcError> =>
  work.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: RpcError) => error,
  );

/** Handlers that do not matter. */
const nothing = {
  get: async ({ n }: { n: number }) => ({ n }),
  put: async ({ n }: { n: number }) => ({ n }),
  async *list() {},
  async *follow() {},
  sum: async () => ({ n: 0 }),
  async *chat() {},
};

/** The server's side of a connection whose first channels are reset with a code. */
class RefusingConnection extends WrappedConnection {
  #left: number;
  readonly #code: number;

  constructor(inner: Connection, times: number, resetCode: number) {
    super(inner);
    this.#left = times;
    this.#code = resetCode;
  }

  override accept(handler: (channel: Channel) => void): void {
    super.accept((channel) => {
      if (this.#left === 0) {
        handler(channel);
        return;
      }
      this.#left -= 1;
      channel.reset(this.#code);
    });
  }
}

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  /** A client of a server that resets its first streams with a code. */
  const refusing = async (times: number, resetCode: number) => {
    const nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
    const script = new Script();
    const server = new Server({ services: flaky(script) });
    const incoming = nodes.server.accept(["aster/1"]);
    const connection = await nodes.client.connect(nodes.server.address(), "aster/1");
    const { value } = await incoming.next();
    server.handle(new RefusingConnection(value as Connection, times, resetCode));
    return {
      script,
      connection,
      remote: createClient(Flaky, connection, { retry: quick }),
      async [Symbol.asyncDispose]() {
        server.close();
        await nodes[Symbol.asyncDispose]();
      },
    };
  };

  test("any method is called again when the server refuses its stream", async () => {
    await using at = await refusing(2, ResetCode.RefusedStream);
    expect(await at.remote.put({ n: 3 })).toMatchObject({ n: 3 });
    expect(at.script.calls).toEqual(["put"]);
  });

  test("the last error says that the call was not processed", async () => {
    await using at = await refusing(3, ResetCode.RefusedStream);
    const error = await failure(at.remote.put({ n: 3 }));
    expect(error).toMatchObject({ code, details: { reason: "transport.reset" } });
    expect(isUnprocessed(error)).toBe(true);
  });

  test.each([ResetCode.NoError, ResetCode.Cancelled, ResetCode.InternalError])(
    "a reset with code %i does not say that",
    async (resetCode) => {
      await using at = await refusing(1, resetCode);
      const error = await failure(at.remote.put({ n: 3 }));
      expect(error.code).toBe(code);
      expect(isUnprocessed(error)).toBe(false);
      expect(at.script.calls).toEqual([]);
    },
  );

  test("client streams and server streams are called again too", async () => {
    await using at = await refusing(1, ResetCode.RefusedStream);
    expect(await received(at.remote.list({ n: 2 }))).toEqual([0, 1]);
    await using other = await refusing(1, ResetCode.RefusedStream);
    expect(await other.remote.sum([{ n: 1 }, { n: 2 }])).toMatchObject({ n: 3 });
  });

  test("a low-level client makes no retries without the option", async () => {
    await using at = await refusing(1, ResetCode.RefusedStream);
    const error = await failure(createClient(Flaky, at.connection).get({ n: 1 }));
    expect(isUnprocessed(error)).toBe(true);
  });

  test("calls on a lost connection: idempotent ones are repeated on the next, others not", async () => {
    let began = 0;
    const hanging = implement(Flaky, {
      ...nothing,
      get: async ({ n }) => {
        began += 1;
        if (began <= 2) await new Promise(() => {});
        return { n };
      },
      put: async () => {
        began += 1;
        return new Promise(() => {});
      },
    });
    await using at = await revivable(transport, { services: [hanging] });
    const reconnect = { initialBackoffMs: 1, maxBackoffMs: 20 };
    await using client = await AsterClient.connect(at.address, { node: at.clientNode, reconnect });
    const remote = client.client(Flaky);
    const idempotent = remote.get({ n: 1 });
    const other = failure(remote.put({ n: 2 }));
    await expect.poll(() => began).toBe(2);
    await at.kill();
    const error = await other;
    expect(error.code).toBe(code);
    expect(isUnprocessed(error)).toBe(false);
    await at.revive();
    expect(await idempotent).toMatchObject({ n: 1 });
    expect(began).toBe(3);
  });

  test("a call that waits for a connection is repeated when the dial fails", async () => {
    const script = new Script();
    await using at = await revivable(transport, { services: flaky(script) });
    using _ = vi.spyOn(Math, "random").mockReturnValue(0.5);
    const reconnect = { initialBackoffMs: 1, maxBackoffMs: 20, connectTimeoutMs: 300 };
    let losses = 0;
    let failed = (): void => {};
    const failedDial = new Promise<void>((resolve) => {
      failed = resolve;
    });
    await using client = await AsterClient.connect(at.address, {
      node: at.clientNode,
      reconnect,
      retry: { initialBackoffMs: 500 },
      onStateChange: (state) => {
        if (state === "disconnected") losses += 1;
        if (losses === 2) failed();
      },
    });
    const remote = client.client(Flaky);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    const waiting = remote.put({ n: 4 });
    await failedDial;
    await at.revive();
    expect(await waiting).toMatchObject({ n: 4 });
    expect(script.calls).toEqual(["put"]);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    const error = await failure(remote.put({ n: 5 }));
    expect(error.code).toBe(code);
    expect(isUnprocessed(error)).toBe(true);
  });

  test("any method moves from a draining server to the one that replaces it", async () => {
    const script = new Script();
    await using at = await revivable(transport, { services: flaky(script) });
    await using client = await AsterClient.connect(at.address, {
      node: at.clientNode,
      reconnect: { initialBackoffMs: 1, maxBackoffMs: 20 },
      retry: { maxAttempts: 5, initialBackoffMs: 200 },
    });
    const remote = client.client(Flaky);
    await remote.put({ n: 1 });
    void at.server.server.drain();
    let refused = (): void => {};
    const refusal = new Promise<void>((resolve) => {
      refused = resolve;
    });
    const moved = remote.put({ n: 2 }, { onTrailer: () => refused() });
    await refusal;
    await at.kill();
    await at.revive();
    expect(await moved).toMatchObject({ n: 2 });
    expect(script.calls).toEqual(["put", "put"]);
  });

  test("a handler cannot make a call look unprocessed", async () => {
    const script = new Script();
    await using pair = await servicePair({ services: flaky(script), transport });
    const remote = pair.client.client(Flaky);
    script.next(unavailable({ details: { reason: "draining", other: "kept" } }));
    const error = await failure(remote.put({ n: 1 }));
    expect(error).toMatchObject({ code, details: { other: "kept" } });
    expect(error.details).not.toHaveProperty("reason");
    expect(isUnprocessed(error)).toBe(false);
    expect(script.calls).toEqual(["put"]);
    expect(pair.client.state).toBe("connected");
  });
});

test("of a session that ends, the calls that waited for their turn are unprocessed", async () => {
  const nodes = await memoryPair();
  const server = new Server({
    services: [implement(FlakySession, () => ({ ...nothing, get: () => new Promise(() => {}) }))],
  });
  const incoming = nodes.server.accept(["aster/1"]);
  const connection = await nodes.client.connect(nodes.server.address(), "aster/1");
  server.handle((await incoming.next()).value as Connection);
  const session = createSession(FlakySession, connection);
  const errors = [session.get({ n: 1 }), session.put({ n: 2 })].map(failure);
  await expect.poll(() => server.stats().calls).toBe(1);
  connection.close(1, "lost");
  const [running, waiting] = await Promise.all(errors);
  expect([running?.code, waiting?.code]).toEqual([code, code]);
  expect([isUnprocessed(running), isUnprocessed(waiting)]).toEqual([false, true]);
  const late = await failure(session.put({ n: 3 }));
  expect(late.code).toBe(StatusCode.FAILED_PRECONDITION);
  expect(isUnprocessed(late)).toBe(true);
  server.close();
  await nodes[Symbol.asyncDispose]();
});

test.each([undefined, null, "text", new Error("x"), new RpcError(code, "x"), proxyThatThrows()])(
  "nothing else is unprocessed",
  (value) => {
    expect(isUnprocessed(value)).toBe(false);
  },
);

function proxyThatThrows(): object {
  const fail = (): never => {
    throw new Error("trap");
  };
  return new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail });
}
