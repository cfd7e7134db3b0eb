// Modes in sessions: the choice of the mode, its bytes, and headers that name another mode.
import { createCodec } from "@aster/codec";
import { rowCodec } from "@aster/codec/row";
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  RpcError,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import { createSession, type SessionOptions } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { callHeaderCodecs } from "../../src/protocol/structs.ts";
import { formsOnLinks } from "../support/forms.ts";
import { type LoggedFrame, logged } from "../support/frame-log.ts";
import { Entry, type Entry as EntryValue, entry } from "../support/ledger.ts";
import { collect, failure } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { fory, joined, statusOf } from "../support/raw-say.ts";

const Books = defineService(
  "Books",
  { scoped: "session", serialization: ["xlang", "native", "row"] },
  {
    echo: unary(Entry, Entry),
    rows: unary(Entry, Entry, { serialization: "row" }),
    fail: unary(Entry, Entry),
    list: serverStream(Entry, Entry),
    last: clientStream(Entry, Entry),
    chat: bidiStream(Entry, Entry),
  },
);

const Letters = defineService("Letters", { scoped: "session" }, { echo: unary(Entry, Entry) });

const books = implement(Books, () => ({
  echo: (one) => one,
  rows: (one) => one,
  fail() {
    throw new RpcError(StatusCode.ABORTED, "no");
  },
  async *list({ n }) {
    for (let sent = 0; sent < n; sent++) yield entry(sent);
  },
  async last(entries) {
    let last = entry(0);
    for await (const one of entries) last = one;
    return last;
  },
  async *chat(entries) {
    for await (const one of entries) yield one;
  },
}));
const letters = implement(Letters, () => ({ echo: (one) => one }));

const entries = (count: number): EntryValue[] => Array.from({ length: count }, (_, n) => entry(n));

test.each(formsOnLinks)("calls all patterns in one session: $title", async ({ pair, options }) => {
  await using opened = await pair.open({ services: [books] });
  await using session = await opened.session(Books, options);
  for (let round = 0; round < 2; round++) {
    expect(await session.echo(entry(1))).toEqual(entry(1));
    expect(await collect(session.list(entry(100)))).toEqual(entries(100));
    expect(await session.last(entries(100))).toEqual(entry(99));
    expect((await failure(session.fail(entry(1)))).code).toBe(StatusCode.ABORTED);
    expect(await collect(session.chat(entries(50)))).toEqual(entries(50));
    for await (const one of session.list(entry(10_000))) if (one.n === 3) break;
    const large = { ...entry(2), blob: new Uint8Array(300_000).fill(7), note: "x".repeat(9_000) };
    expect(await session.echo(large)).toEqual(large);
    const wrong = { ...entry(1), n: "1" as unknown as number };
    expect((await failure(session.echo(wrong))).code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(await session.rows(entry(3))).toEqual(entry(3));
  }
});

test.each(pairs)("keeps the request behind a header intact: $name", async (pair) => {
  await using opened = await pair.open({ services: [books] });
  await using session = await opened.session(Books);
  // a long header makes the codecs write the next one into their shared memory from time to time
  const metadata = { one: "x".repeat(4_000), two: "x".repeat(2_000) };
  for (let n = 0; n < 20; n++) {
    await session.echo(entry(n), { metadata });
    expect(await session.echo(entry(n), { timeoutMs: 5_000 })).toEqual(entry(n));
  }
});

describe("the choice of the mode", () => {
  const { Call, Header, RowSchema, Trailer } = FrameFlag;

  /** The first bytes of the messages of a unary call, and the number of schemas. */
  async function sent(options: SessionOptions): Promise<{ bytes: unknown[]; schemas: number }> {
    const server = new Server({ services: [books] });
    await using pair = await rawPair(server);
    const frames: LoggedFrame[] = [];
    await using session = createSession(Books, logged(pair.framed, frames), options);
    await session.echo(entry(1));
    const others = Call | Header | RowSchema | Trailer;
    const messages = frames.filter(({ flags }) => (flags & others) === 0);
    const schemas = frames.filter(({ flags }) => (flags & RowSchema) !== 0).length;
    return { bytes: messages.map(({ payload }) => payload[0]), schemas };
  }

  test.each([
    ["the first of the service", {}, [2, 2], 0],
    ["profile B where the peer has it", { peerModes: ["xlang", "xlang1"] }, [1, 1], 0],
    ["profile A where it has not", { peerModes: ["xlang"] }, [2, 2], 0],
    [
      "profile A where it is asked for",
      { peerModes: ["xlang", "xlang1"], profile: "A" },
      [2, 2],
      0,
    ],
    ["the first that the peer has", { peerModes: ["native"] }, [0, 0], 0],
    ["JSON where it has nothing else", { peerModes: ["json"] }, [0x7b, 0x7b], 0],
    ["the one that is asked for", { serialization: "native" }, [0, 0], 0],
  ] as const)("%s", async (_, options, bytes, schemas) => {
    expect(await sent(options)).toEqual({ bytes, schemas });
  });

  test("sends a schema of each side before the first row of every call", async () => {
    expect((await sent({ serialization: "row" })).schemas).toBe(2);
  });

  test("uses profile B between AsterClient and AsterServer", async () => {
    await using pair = await servicePair({ services: [letters] });
    const [offered] = pair.client.services;
    expect(offered).toMatchObject({ scoped: "session", serializationModes: ["xlang", "xlang1"] });
    await using session = await pair.client.session(Letters);
    expect(await session.echo(entry(1))).toEqual(entry(1));
  });

  test("refuses a call with another mode than its session", async () => {
    await using pair = await servicePair({ services: [books] });
    await using session = await pair.client.session(Books);
    const error = await failure(session.echo(entry(1), { serialization: "json" }));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.rawMessage).toContain("open another session");
    const stream = collect(session.list(entry(1), { serialization: "row" }));
    expect((await failure(stream)).code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(await session.echo(entry(1), { serialization: "xlang" })).toEqual(entry(1));
  });

  test("refuses a mode that the service does not have before anything is sent", async () => {
    await using pair = await servicePair({ services: [letters] });
    const opening = pair.client.session(Letters, { serialization: "native" });
    expect((await failure(opening)).details.reason).toBe("serialization.mismatch");
  });
});

describe("the bytes", () => {
  const { Call, RowSchema } = FrameFlag;
  const A = createCodec().type(Entry);
  const B = createCodec({ profile: "B" }).type(Entry);
  const native = createCodec({ mode: "native" }).type(Entry);
  const rows = rowCodec(Entry);
  const open = (serializationMode: number, service = "Books"): Uint8Array =>
    fory({ service, method: "", serializationMode });
  const call = (method: string, deadlineEpochMs = 0): Uint8Array => {
    const header = { method, callId: "", deadlineEpochMs, metadataKeys: [], metadataValues: [] };
    return encodeFrame(Call, callHeaderCodecs.fory.encode(header));
  };
  const plain = (payload: Uint8Array): Uint8Array => encodeFrame(0, payload);
  const schema = encodeFrame(RowSchema, rows.schemaBytes());

  /** Sends the calls, each after the answer to the previous one, and returns the answers. */
  async function heard(opening: Uint8Array, ...calls: readonly Uint8Array[]): Promise<RawCall> {
    const server = new Server({ services: [books, letters], onError: () => {} });
    await using pair = await rawPair(server);
    const answer = new RawCall(pair.raw).send(opening);
    let frames = 0;
    for (const one of calls) {
      answer.send(one);
      await expect.poll(() => answer.frames.length).toBeGreaterThan(frames);
      frames = answer.frames.length;
    }
    return await answer.send(new Uint8Array(0), true).answer();
  }

  test.each([4, 9, -1, 2 ** 31])("refuses a session in the unknown mode %i", async (mode) => {
    const text = JSON.stringify({
      service: "Books",
      method: "",
      version: 1,
      serializationMode: mode,
    });
    const inJson = encodeFrame(FrameFlag.Header, new TextEncoder().encode(text));
    const message = `Unsupported serialization mode: ${mode}`;
    for (const [opening, form] of [
      [open(mode), "fory"],
      [inJson, "json"],
    ] as const) {
      const status = statusOf(await heard(opening));
      expect(status).toEqual({ code: StatusCode.INVALID_ARGUMENT, message, form });
    }
  });

  test("answers each call in the profile of its request", async () => {
    const calls = [A, B, A].map((codec) => joined(call("echo"), plain(codec.encode(entry(1)))));
    const answer = await heard(open(0), ...calls);
    expect(answer.data.map((one) => one[0])).toEqual([2, 1, 2]);
    expect(A.decode(answer.data[1] ?? A.encode(entry(0)))).toEqual(entry(1));
  });

  test("answers NATIVE in NATIVE, and XLANG in XLANG, because aster-rpc names any mode of the service", async () => {
    const calls = [native, A, B, native].map((codec) =>
      joined(call("echo"), plain(codec.encode(entry(1)))),
    );
    const answer = await heard(open(1), ...calls);
    expect(answer.data.map((one) => one[0])).toEqual([0, 2, 1, 0]);
  });

  test("answers ROW in ROW, and XLANG without a schema in XLANG", async () => {
    const inRows = joined(call("echo"), schema, plain(rows.encode(entry(1))));
    const answer = await heard(
      open(2),
      inRows,
      joined(call("echo"), plain(A.encode(entry(2)))),
      inRows,
    );
    expect(answer.frames.map(({ flags }) => flags)).toEqual([RowSchema, 0, 0, RowSchema, 0]);
    expect(rows.decode(answer.data[0] ?? new Uint8Array())).toEqual(entry(1));
    expect(A.decode(answer.data[1] ?? new Uint8Array())).toEqual(entry(2));
  });

  test.each([1, 2])("the mode %i of a service that lacks it counts as XLANG", async (mode) => {
    const answer = await heard(
      open(mode, "Letters"),
      joined(call("echo"), plain(B.encode(entry(1)))),
    );
    expect(answer.data.map((one) => one[0])).toEqual([1]);
  });

  test("ignores schema and row of a refused call", async () => {
    const late = joined(call("echo", 1), schema, plain(rows.encode(entry(1))));
    const next = joined(call("echo"), schema, plain(rows.encode(entry(2))));
    const answer = await heard(open(2), late, next);
    expect(answer.frames.map(({ flags }) => flags)).toEqual([FrameFlag.Trailer, RowSchema, 0]);
  });
});
