// The modes byte by byte: the order of frames, the mode of answers, and peers that mix modes up.
import { compressPayload, createCodec, createTypeScope, wireType } from "@aster/codec";
import { rowCodec } from "@aster/codec/row";
import { defineService, implement, RpcError, StatusCode, unary } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import { type Channel, type Connection, encodeFrame, FrameFlag } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { headerCodecs, statusCodecs } from "../../src/protocol/structs.ts";
import { type LoggedFrame, logged } from "../support/frame-log.ts";
import { Entry, entry, Ledger, ledger } from "../support/ledger.ts";
import { probe, Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { bytes, fory, joined, json, statusOf } from "../support/raw-say.ts";

const { Header, RowSchema, Trailer, Compressed } = FrameFlag;
const A = createCodec().type(Entry);
const B = createCodec({ profile: "B" }).type(Entry);
const native = createCodec({ mode: "native" }).type(Entry);
const rows = rowCodec(Entry);
const words = implement(
  defineService("Words", { serialization: "json" }, { echo: unary(Text, Text) }),
  { echo: (one) => one },
);
const plain = (payload: Uint8Array): Uint8Array => encodeFrame(0, payload);
const schema = (payload: Uint8Array = rows.schemaBytes()): Uint8Array =>
  encodeFrame(RowSchema, payload);
const row = (n: number): Uint8Array => plain(rows.encode(entry(n)));
const call = (method: string, serializationMode = 0): Uint8Array =>
  fory({ service: "Ledger", method, serializationMode });

async function said(...parts: Uint8Array[]): Promise<RawCall> {
  const server = new Server({ services: [ledger, probe(), words], onError: () => {} });
  await using pair = await rawPair(server);
  const answer = await new RawCall(pair.raw).send(joined(...parts), true).answer();
  // the connection goes on after every error
  expect(await createClient(Ledger, pair.framed).echo(entry(1))).toEqual(entry(1));
  return answer;
}

const firstBytes = (answer: RawCall): (number | undefined)[] => answer.data.map((one) => one[0]);

describe("the profile of an answer", () => {
  test.each([
    ["A", A, 2],
    ["B", B, 1],
  ] as const)("%s by %s", async (_, codec, first) => {
    const unary = await said(call("echo"), plain(codec.encode(entry(1))));
    expect(firstBytes(unary)).toEqual([first]);
    expect(codec.decode(unary.data[0] ?? bytes())).toEqual(entry(1));
    const list = await said(call("list"), plain(codec.encode(entry(3))));
    expect(firstBytes(list)).toEqual([first, first, first]);
    const last = await said(call("last"), plain(codec.encode(entry(1))));
    expect(firstBytes(last)).toEqual([first]);
    const chat = await said(
      call("chat"),
      plain(codec.encode(entry(1))),
      plain(codec.encode(entry(2))),
    );
    expect(firstBytes(chat)).toEqual([first, first]);
    for (const answer of [unary, list, last, chat]) {
      expect(statusOf(answer)).toMatchObject({ code: 0, form: "fory" });
    }
  });

  test("is A before the first request", async () => {
    const greeted = await said(call("greet"), plain(B.encode(entry(1))));
    expect(greeted.data.map((one) => A.decode(one))).toEqual([entry(-1), entry(1)]);
    expect(firstBytes(await said(call("greet")))).toEqual([2]);
  });

  test("is B from the first request in B of a stream", async () => {
    const mixed = [A, B, A].map((codec, n) => plain(codec.encode(entry(n))));
    const answer = await said(call("chat"), ...mixed);
    expect(answer.data.map((one) => A.decode(one))).toEqual([entry(0), entry(1), entry(2)]);
    expect(statusOf(answer).code).toBe(0);
    const [, ...later] = firstBytes(answer);
    expect(later).toEqual([1, 1]);
  });

  test("is independent of other calls", async () => {
    const server = new Server({ services: [ledger] });
    await using pair = await rawPair(server);
    for (const codec of [B, A, B, A]) {
      const answer = await new RawCall(pair.raw)
        .send(joined(call("echo"), plain(codec.encode(entry(1)))), true)
        .answer();
      expect(answer.data[0]?.[0]).toBe(codec === B ? 1 : 2);
    }
  });
});

describe("the frames of a client", () => {
  const sent = async (
    options: Parameters<typeof createClient>[2],
    work: (client: ReturnType<typeof createClient<typeof Ledger>>) => Promise<unknown>,
  ) => {
    const server = new Server({ services: [ledger] });
    await using pair = await rawPair(server);
    const frames: LoggedFrame[] = [];
    await work(createClient(Ledger, logged(pair.framed, frames), options));
    const headers = frames.filter(({ flags }) => flags === Header);
    const modes = headers.map(({ payload }) => {
      const form = payload[0] === 0x7b ? "json" : "fory";
      return headerCodecs[form].decode(payload).serializationMode;
    });
    const messages = frames.filter(({ flags }) => (flags & ~(RowSchema | Compressed)) === 0);
    return {
      modes,
      flags: messages.map(({ from, flags }) => `${from} ${flags}`),
      first: [...new Set(messages.map(({ payload }) => payload[0]))],
      messages,
    };
  };
  const echo = (client: ReturnType<typeof createClient<typeof Ledger>>) => client.echo(entry(1));

  test.each([
    [{}, 0, 2],
    [{ peerModes: [] }, 0, 2],
    [{ peerModes: ["xlang"] }, 0, 2],
    [{ peerModes: ["xlang", "xlang1"] }, 0, 1],
    [{ peerModes: ["xlang", "xlang1"], profile: "A" }, 0, 2],
    [{ peerModes: ["xlang", "native"], serialization: "native" }, 1, 0],
    [{ peerModes: ["json"] }, 3, 0x7b],
    [{ peerModes: ["native", "json"] }, 1, 0],
    [{ peerModes: ["xlang"], serialization: "json" }, 3, 0x7b],
  ] as const)("with %j: mode %i, first byte %i, both ways", async (options, mode, first) => {
    const { modes, flags, first: begin } = await sent(options, echo);
    expect(modes).toEqual([mode]);
    expect(flags).toEqual(["client 0", "server 0"]);
    expect(begin).toEqual([first]);
  });

  test("are not in profile B for a peer that does not offer it", async () => {
    const options = { peerModes: ["xlang"], profile: "B" } as const;
    const error = await sent(options, echo).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      details: { ours: "xlang1", theirs: "xlang" },
    });
  });

  test("have the row schema once per stream and direction, before the rows", async () => {
    const options = { serialization: "row" } as const;
    const once = await sent(options, echo);
    expect(once.modes).toEqual([2]);
    expect(once.flags).toEqual(["client 8", "client 0", "server 8", "server 0"]);
    expect(once.messages[0]?.payload).toEqual(rows.schemaBytes());
    expect(once.messages[2]?.payload).toEqual(rows.schemaBytes());
    expect(once.messages[1]?.payload).toEqual(rows.encode(entry(1)));
    const list = await sent(options, async (client) => {
      for await (const _ of client.list(entry(5)));
    });
    expect(list.flags.filter((one) => one.startsWith("client"))).toEqual(["client 8", "client 0"]);
    expect(list.flags.filter((one) => one.startsWith("server"))).toEqual([
      "server 8",
      ...Array(5).fill("server 0"),
    ]);
    const chat = await sent(options, async (client) => {
      for await (const _ of client.chat([entry(1), entry(2), entry(3)]));
    });
    for (const side of ["client", "server"]) {
      expect(chat.flags.filter((one) => one.startsWith(side))).toEqual([
        `${side} 8`,
        ...Array(3).fill(`${side} 0`),
      ]);
    }
    const none = await sent(options, (client) => client.last([]));
    expect(none.flags).toEqual(["server 8", "server 0"]);
  });
});

const Other = wireType(
  "ledger/Entry",
  { id: z.string(), n: z.int() },
  { scope: createTypeScope() },
);
const otherSchema = rowCodec(Other).schemaBytes();

describe("a server refuses", () => {
  test.each<[string, Uint8Array[], number, RegExp]>([
    [
      "a row without a schema",
      [call("echo", 2), row(1)],
      StatusCode.INTERNAL,
      /^a row came before the schema of its stream$/,
    ],
    [
      "a row of a stream without a schema",
      [call("last", 2), row(1)],
      StatusCode.INTERNAL,
      /^a row came before the schema of its stream$/,
    ],
    [
      "the schema twice",
      [call("echo", 2), schema(), schema(), row(1)],
      StatusCode.INTERNAL,
      /^the schema of a stream of rows came twice$/,
    ],
    [
      "the schema again between rows",
      [call("last", 2), schema(), row(1), schema(), row(2)],
      StatusCode.INTERNAL,
      /^the schema of a stream of rows came twice$/,
    ],
    [
      "another schema",
      [call("echo", 2), schema(otherSchema), row(1)],
      StatusCode.CONTRACT_VIOLATION,
      /ledger\/Entry/,
    ],
    [
      "random bytes as a schema",
      [call("echo", 2), schema(bytes(9, 9, 9)), row(1)],
      StatusCode.INVALID_ARGUMENT,
      /schema/,
    ],
    [
      "a schema of 20 MiB in a kilobyte",
      [
        call("echo", 2),
        encodeFrame(RowSchema | Compressed, compressPayload(new Uint8Array(20 << 20))),
        row(1),
      ],
      StatusCode.RESOURCE_EXHAUSTED,
      /4194304/,
    ],
    [
      "random bytes as a row",
      [call("echo", 2), schema(), plain(bytes(1, 2, 3))],
      StatusCode.INVALID_ARGUMENT,
      /ledger\/Entry/,
    ],
    [
      "a schema in a mode without rows",
      [call("echo"), schema(), plain(A.encode(entry(1)))],
      StatusCode.INTERNAL,
      /unexpected frame with flags 8/,
    ],
    [
      "a schema with a header",
      [call("echo", 2), encodeFrame(RowSchema | Header, rows.schemaBytes())],
      StatusCode.INTERNAL,
      /unexpected frame with flags 12/,
    ],
    [
      "a schema after the request",
      [call("chat", 2), schema(), row(1), encodeFrame(Trailer, bytes()), schema()],
      StatusCode.INTERNAL,
      /came twice/,
    ],
    [
      "NATIVE bytes in XLANG",
      [call("echo"), plain(native.encode(entry(1)))],
      StatusCode.INVALID_ARGUMENT,
      /first byte 0/,
    ],
    [
      "XLANG bytes in NATIVE",
      [call("echo", 1), plain(A.encode(entry(1)))],
      StatusCode.INVALID_ARGUMENT,
      /first byte 2/,
    ],
    [
      "NATIVE of another language",
      [call("echo", 1), plain(bytes(0, 1, 12, 0x70, 0x79, 0x31, 36))],
      StatusCode.INVALID_ARGUMENT,
      /"py1".*"js1"/,
    ],
    [
      "NATIVE when it is not offered",
      [fory({ service: "Probe", method: "echo", serializationMode: 1 })],
      StatusCode.INVALID_ARGUMENT,
      /^Unsupported serialization mode: 1$/,
    ],
    [
      "ROW when it is not offered",
      [fory({ service: "Probe", method: "echo", serializationMode: 2 }), schema()],
      StatusCode.INVALID_ARGUMENT,
      /^Unsupported serialization mode: 2$/,
    ],
    [
      "profile B in JSON",
      [
        json({ service: "Probe", method: "echo", version: 1 }),
        plain(createCodec({ profile: "B" }).type(Text).encode({ text: "x" })),
      ],
      StatusCode.INVALID_ARGUMENT,
      /^probe\/Text: text that is not UTF-8$/,
    ],
    [
      "profile B when only JSON is offered",
      [
        fory({ service: "Words", method: "echo" }),
        plain(createCodec({ profile: "B" }).type(Text).encode({ text: "x" })),
      ],
      StatusCode.INVALID_ARGUMENT,
      /^Unsupported serialization mode: 0$/,
    ],
    [
      "profile B cut short",
      [call("echo"), plain(B.encode(entry(1)).subarray(0, 20))],
      StatusCode.INVALID_ARGUMENT,
      /ledger\/Entry/,
    ],
    [
      "an unknown first byte",
      [call("echo"), plain(bytes(9, 255, 30))],
      StatusCode.INVALID_ARGUMENT,
      /first byte 9/,
    ],
  ])("%s", async (_, parts, code, message) => {
    const answer = await said(...parts);
    expect(statusOf(answer).message).toEqual(expect.stringMatching(message));
    expect(statusOf(answer).code).toBe(code);
    expect(answer.ending).toBe("ended");
  });
});

const ok = statusCodecs.fory.encode({ code: 0, message: "", detailKeys: [], detailValues: [] });

/** A connection to a server that answers the end of every request with the same frames. */
async function scripted(
  frames: readonly (readonly [flags: number, payload: Uint8Array])[],
): Promise<AsyncDisposable & { readonly connection: Connection }> {
  const nodes = await memoryPair();
  const incoming = nodes.server.accept(["aster/1"]);
  const connection = await nodes.client.connect(nodes.server.id, "aster/1");
  const accepted = (await incoming.next()).value as Connection;
  accepted.accept((channel: Channel) => {
    channel.read({
      frame() {},
      end() {
        for (const [flags, payload] of frames) channel.send(flags, payload);
        channel.end();
      },
      malformed() {},
      stopped() {},
      closed() {},
    });
  });
  return { connection, [Symbol.asyncDispose]: () => nodes[Symbol.asyncDispose]() };
}

describe("a client refuses", () => {
  const schemaBytes = rows.schemaBytes();
  test.each<[string, (readonly [number, Uint8Array])[], number, RegExp]>([
    ["a row without a schema", [[0, rows.encode(entry(1))]], StatusCode.INTERNAL, /before the sch/],
    [
      "the schema twice",
      [
        [RowSchema, schemaBytes],
        [RowSchema, schemaBytes],
      ],
      StatusCode.INTERNAL,
      /came twice/,
    ],
    ["another schema", [[RowSchema, otherSchema]], StatusCode.CONTRACT_VIOLATION, /ledger\/Entry/],
    ["random bytes as a schema", [[RowSchema, bytes(7)]], StatusCode.INTERNAL, /schema/],
    [
      "random bytes as a row",
      [
        [RowSchema, schemaBytes],
        [0, bytes(1)],
      ],
      StatusCode.INTERNAL,
      /ledger\/Entry/,
    ],
  ])("%s", async (_, frames, code, message) => {
    await using server = await scripted([...frames, [Trailer, ok]]);
    const client = createClient(Ledger, server.connection, { serialization: "row" });
    for (const work of [client.echo(entry(1)), client.list(entry(1)).next()]) {
      const error = await work.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RpcError);
      expect(error).toMatchObject({ code });
      expect((error as RpcError).message).toMatch(message);
    }
  });

  test("but ignores a schema in a mode without rows", async () => {
    await using server = await scripted([
      [RowSchema, bytes(7)],
      [0, A.encode(entry(1))],
      [Trailer, ok],
    ]);
    expect(await createClient(Ledger, server.connection).echo(entry(1))).toEqual(entry(1));
  });

  test.each([
    ["A", B],
    ["B", A],
  ] as const)("the other profile than %s, and reads it", async (profile, codec) => {
    await using server = await scripted([
      [0, codec.encode(entry(1))],
      [Trailer, ok],
    ]);
    const client = createClient(Ledger, server.connection, { profile });
    expect(await client.echo(entry(1))).toEqual(entry(1));
  });
});
