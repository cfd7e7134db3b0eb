// The client of a session whose server breaks the rules or answers late.
import { type Session, StatusCode } from "@aster/rpc";
import { createSession } from "@aster/rpc/client";
import { type Channel, type Connection, FrameFlag } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Tally } from "../support/session-probe.ts";

const { Trailer, Header, Call, Cancel, Compressed } = FrameFlag;
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const status = (code: number, message = ""): Uint8Array =>
  text({ code, message, detailKeys: [], detailValues: [] });
const item = (n: number): Uint8Array => text({ n, payload: "" });
const nothing = new Uint8Array(0);

/** Receives every frame after the header of a session, with its index from 0. */
type Answer = (channel: Channel, flags: number, payload: Uint8Array, index: number) => void;

interface Opened extends AsyncDisposable {
  readonly session: Session<typeof Tally>;
  /** The flags of the frames that the client sent after the header. */
  readonly heard: number[];
  /** The events of the client's half. */
  readonly ending: string[];
}

async function opened(answer: Answer, cancelTimeoutMs = 300): Promise<Opened> {
  const nodes = await memoryPair();
  const incoming = nodes.server.accept(["aster/1"]);
  const connection = await nodes.client.connect(nodes.server.id, "aster/1");
  const accepted = (await incoming.next()).value as Connection;
  const heard: number[] = [];
  const ending: string[] = [];
  accepted.accept((channel) => {
    channel.read({
      frame(flags, payload) {
        if ((flags & Header) !== 0) {
          answer(channel, flags, payload, -1);
          return;
        }
        heard.push(flags);
        answer(channel, flags, payload, heard.length - 1);
      },
      end: () => ending.push("end"),
      malformed: () => ending.push("malformed"),
      stopped: () => ending.push("stopped"),
      closed: ({ code }) => ending.push(code),
    });
  });
  const session = createSession(Tally, connection, { serialization: "json", cancelTimeoutMs });
  return {
    session,
    heard,
    ending,
    async [Symbol.asyncDispose]() {
      await session.close();
      await nodes[Symbol.asyncDispose]();
    },
  };
}

async function numbers(stream: AsyncIterable<{ n: number }>): Promise<number[]> {
  const all: number[] = [];
  for await (const { n } of stream) all.push(n);
  return all;
}

/** Answers every request with these frames. */
const always =
  (...frames: readonly (readonly [flags: number, payload: Uint8Array])[]): Answer =>
  (channel, flags) => {
    if (flags !== 0) return;
    for (const [answered, payload] of frames) channel.send(answered, payload);
  };

describe("the session ends with an error after", () => {
  test.each([
    ["a header", [[Header, item(1)]], StatusCode.INTERNAL],
    ["a call", [[Call, item(1)]], StatusCode.INTERNAL],
    ["a cancellation", [[Cancel, nothing]], StatusCode.INTERNAL],
  ] as const)("%s instead of a reply", async (_, frames, code) => {
    await using at = await opened(always(...frames));
    const waiting = failure(at.session.add({ n: 2 }).catch((error) => Promise.reject(error)));
    const other = failure(at.session.add({ n: 3 }));
    expect((await waiting).code).toBe(code);
    expect((await other).code).toBe(code);
    expect((await at.session.closed)?.code).toBe(code);
    expect((await failure(at.session.add({ n: 4 }))).code).toBe(StatusCode.FAILED_PRECONDITION);
    await expect.poll(() => at.ending).toContain("reset");
  });

  test("a second reply", async () => {
    await using at = await opened(always([0, item(1)], [0, item(2)]));
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
    expect((await at.session.closed)?.code).toBe(StatusCode.INTERNAL);
  });

  test("a status while no call runs", async () => {
    await using at = await opened(always([0, item(1)], [Trailer, status(14, "good bye")]));
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
    expect(await at.session.closed).toMatchObject({
      code: StatusCode.UNAVAILABLE,
      rawMessage: "good bye",
    });
  });

  test("the end of the server's half during a call", async () => {
    await using at = await opened((channel, flags) => {
      if (flags === 0) channel.end();
    });
    const calls = [at.session.add({ n: 1 }), at.session.add({ n: 2 })].map(failure);
    for (const call of calls) {
      expect(await call).toMatchObject({
        code: StatusCode.UNAVAILABLE,
        details: { reason: "session.lost" },
      });
    }
    await expect.poll(() => at.ending).toContain("end");
  });

  test("a reset", async () => {
    await using at = await opened((channel, flags) => {
      if (flags === 0) channel.reset(13);
    });
    expect((await failure(at.session.add({ n: 1 }))).code).toBe(StatusCode.UNAVAILABLE);
    expect((await at.session.closed)?.code).toBe(StatusCode.UNAVAILABLE);
  });

  test("a server that stops reading, once its trailer has arrived", async () => {
    await using at = await opened((channel, flags) => {
      if (flags !== 0) return;
      channel.stop(0);
      setTimeout(() => channel.send(0, item(7)), 20);
    });
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 7 });
    expect((await at.session.closed)?.details.reason).toBe("session.lost");
  });

  test("a server that stops reading and sends nothing", async () => {
    await using at = await opened((channel, flags) => {
      if (flags === 0) channel.stop(0);
    });
    expect((await failure(at.session.add({ n: 1 }))).details.reason).toBe("session.lost");
  });

  test.each([
    [StatusCode.UNIMPLEMENTED, "Method not found: add"],
    [StatusCode.FAILED_PRECONDITION, "Expected CALL frame"],
    [StatusCode.INTERNAL, "Invalid CallHeader: no"],
  ])("%i %s, although the server's half stays open", async (code, message) => {
    await using at = await opened(always([Trailer, status(code, message)]));
    expect(await failure(at.session.add({ n: 1 }))).toMatchObject({ code, rawMessage: message });
    expect(await at.session.closed).toMatchObject({ code });
    await expect.poll(() => at.ending).toContain("end");
  });

  test.each(["at once", "after the call"])(
    "a refusal %s, which is the error of the first call",
    async (when) => {
      const refusal = status(StatusCode.FAILED_PRECONDITION, "'Tally' is shared");
      await using at = await opened((channel, flags, _, index) => {
        if (when === "at once" ? index === -1 : flags === 0) channel.send(Trailer, refusal, true);
      });
      if (when === "at once") await at.session.closed;
      const error = await failure(at.session.add({ n: 1 }));
      expect(error).toMatchObject({ code: 9, rawMessage: "'Tally' is shared" });
      const next = await failure(at.session.add({ n: 1 }));
      expect(next.details.reason).toBe("session.over");
    },
  );
});

describe("the session goes on", () => {
  /** Answers the calls one after the other with these frames, and further calls with success. */
  const inTurn =
    (...answers: (readonly (readonly [flags: number, payload: Uint8Array])[])[]): Answer =>
    (channel, flags) => {
      if (flags === Cancel) channel.send(Trailer, status(1, "cancelled"));
      if (flags !== 0) return;
      for (const [answered, payload] of answers.shift() ?? [[0, item(9)]]) {
        channel.send(answered, payload);
      }
    };

  test.each([
    ["a reply that cannot be read", [[0, text("{")]], StatusCode.INTERNAL],
    ["a reply that cannot be inflated", [[Compressed, item(1)]], StatusCode.INTERNAL],
    ["a status that cannot be read", [[Trailer, text("{")]], StatusCode.INTERNAL],
    ["a status with an unknown code", [[Trailer, status(77, "odd")]], 77],
    ["a good status without a reply", [[Trailer, status(0)]], StatusCode.INTERNAL],
  ] as const)("after %s", async (_, frames, code) => {
    await using at = await opened(inTurn(frames));
    expect((await failure(at.session.add({ n: 1 }))).code).toBe(code);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 9 });
  });

  test("after a stream with an item that cannot be read and further items", async () => {
    const items: [number, Uint8Array][] = [
      [0, item(0)],
      [0, text("{")],
      [0, item(2)],
      [0, item(3)],
    ];
    await using at = await opened(inTurn(items));
    expect((await failure(numbers(at.session.count({ n: 4 })))).code).toBe(StatusCode.INTERNAL);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 9 });
    expect(at.heard).toContain(Cancel);
  });

  test("after a stream with an empty status, which is OK", async () => {
    await using at = await opened(
      inTurn([
        [0, item(0)],
        [Trailer, nothing],
      ]),
    );
    expect(await numbers(at.session.count({ n: 1 }))).toEqual([0]);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 9 });
  });

  test("after a stream that ended while its cancellation was sent", async () => {
    await using at = await opened(
      inTurn([
        [0, item(0)],
        [Trailer, status(0)],
      ]),
    );
    const stream = at.session.count({ n: 1 });
    await stream.next();
    await stream.return?.();
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 9 });
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 9 });
  });

  test("after a bidi stream that ended with OK instead of confirming its cancellation", async () => {
    await using at = await opened((channel, flags, payload) => {
      if (flags === Cancel) channel.send(Trailer, status(0));
      else if (flags === 0) channel.send(0, payload);
    }, 5_000);
    async function* requests() {
      yield { n: 1 };
      await new Promise(() => {});
    }
    for await (const { n } of at.session.chat(requests())) {
      expect(n).toBe(1);
      break;
    }
    expect(await at.session.add({ n: 4 })).toMatchObject({ n: 4 });
  });
});

describe("a cancellation that is not confirmed", () => {
  test.each(["without frames", "with more replies"])("%s: ends the session", async (how) => {
    let timer: NodeJS.Timeout | undefined;
    await using at = await opened((channel, flags) => {
      if (flags !== 0) return;
      channel.send(0, item(0));
      if (how === "without frames") return;
      timer = setInterval(() => channel.send(0, item(1)), 2);
    });
    const stream = at.session.endless({ n: 1 });
    await stream.next();
    await stream.return?.();
    const error = await failure(at.session.add({ n: 1 }));
    expect(error).toMatchObject({ code: 14, details: { reason: "session.lost" } });
    expect((await at.session.closed)?.details.reason).toBe("session.lost");
    clearInterval(timer);
  });
});
