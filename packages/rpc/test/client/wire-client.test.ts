// A client and a server that breaks the protocol.
import { RpcError, StatusCode } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { type Channel, type Connection, FrameFlag } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { statusCodecs } from "../../src/protocol/structs.ts";
import { Probe } from "../support/probe.ts";

const { Trailer, Header, RowSchema, Compressed, Call, Cancel } = FrameFlag;
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const data = text({ text: "one" });
const ok = text({ code: 0, message: "", detailKeys: [], detailValues: [] });
const none = new Uint8Array(0);

interface Script {
  readonly frames: readonly (readonly [flags: number, payload: Uint8Array])[];
  readonly ending: "end" | "reset" | "open" | "close";
}

interface FakeServer extends AsyncDisposable {
  readonly connection: Connection;
  /** The client has reset the channel. */
  readonly given: () => string[];
}

/** Answers the first request frame of every call with the same script. */
async function fakeServer({ frames, ending }: Script): Promise<FakeServer> {
  const nodes = await memoryPair();
  const { client: here, server: there } = nodes;
  const incoming = there.accept(["aster/1"]);
  const connection = await here.connect(there.id, "aster/1");
  const accepted = (await incoming.next()).value as Connection;
  const given: string[] = [];
  accepted.accept((channel: Channel) => {
    let seen = 0;
    channel.read({
      frame() {
        seen += 1;
        if (seen !== 2) return;
        for (const [flags, payload] of frames) channel.send(flags, payload);
        if (ending === "end") channel.end();
        if (ending === "reset") channel.reset(13);
        if (ending === "close") accepted.close(0, "gone");
      },
      end() {},
      malformed() {},
      stopped: (code) => given.push(`stopped ${code}`),
      closed: (error) => given.push(`closed ${error.applicationCode}`),
    });
  });
  return {
    connection,
    given: () => given,
    [Symbol.asyncDispose]: () => nodes[Symbol.asyncDispose](),
  };
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => {
    expect(error).toBeInstanceOf(RpcError);
    return error;
  });
}

const json = { serialization: "json" } as const;

describe("W20: a unary call ends", () => {
  const fory = statusCodecs.fory.encode({
    code: 7,
    message: "no",
    detailKeys: ["a", "a", "b"],
    detailValues: ["1", "2"],
  });
  test.each<[string, Script["frames"], Script["ending"], number, RegExp]>([
    ["without a trailer", [[0, data]], "end", StatusCode.INTERNAL, /without a status/],
    ["without anything", [], "end", StatusCode.INTERNAL, /without a status/],
    ["by a reset", [[0, data]], "reset", StatusCode.UNAVAILABLE, /stream reset by peer/],
    ["with the connection", [[0, data]], "close", StatusCode.UNAVAILABLE, /closed the connection/],
    [
      "with two responses",
      [
        [0, data],
        [0, data],
        [Trailer, ok],
      ],
      "end",
      StatusCode.INTERNAL,
      /^received multiple response frames for unary RPC$/,
    ],
    [
      "with OK but without a response",
      [[Trailer, ok]],
      "end",
      StatusCode.INTERNAL,
      /without a response/,
    ],
    ["with a header frame", [[Header, data]], "end", StatusCode.INTERNAL, /flags 4/],
    ["with a session's call", [[Call, data]], "end", StatusCode.INTERNAL, /flags 16/],
    ["with a cancel", [[Cancel, none]], "end", StatusCode.INTERNAL, /flags 32/],
    [
      "with a header after the response",
      [
        [0, data],
        [Header, data],
        [Trailer, ok],
      ],
      "end",
      StatusCode.INTERNAL,
      /flags 4/,
    ],
    [
      "with a response that is wrongly marked as compressed",
      [
        [Compressed, data],
        [Trailer, ok],
      ],
      "end",
      StatusCode.INTERNAL,
      /inflated/,
    ],
    [
      "with a response in another mode",
      [
        [0, Uint8Array.of(2, 255, 29, 8)],
        [Trailer, ok],
      ],
      "end",
      StatusCode.INTERNAL,
      /response cannot be read/,
    ],
    [
      "with a status of random bytes",
      [[Trailer, Uint8Array.of(1, 2, 3)]],
      "end",
      StatusCode.INTERNAL,
      /cannot be read/,
    ],
    [
      "with a status of 1 MiB",
      [[Trailer, text({ code: 5, message: "x".repeat(1 << 20) })]],
      "end",
      StatusCode.INTERNAL,
      /maxStatusBytes/,
    ],
    [
      "with a response of random bytes",
      [
        [0, Uint8Array.of(1)],
        [Trailer, ok],
      ],
      "end",
      StatusCode.INTERNAL,
      /response cannot be read/,
    ],
    [
      "with a response of another shape",
      [
        [0, text({ text: "", y: 1 })],
        [Trailer, ok],
      ],
      "end",
      StatusCode.CONTRACT_VIOLATION,
      /contract violation/,
    ],
    ["with a status in Fory", [[Trailer, fory]], "end", StatusCode.PERMISSION_DENIED, /^no$/],
    [
      "with a status that lacks its lists",
      [[Trailer, text({ code: 5, message: "gone" })]],
      "end",
      StatusCode.NOT_FOUND,
      /^gone$/,
    ],
  ])("%s", async (_, frames, ending, code, message) => {
    await using server = await fakeServer({ frames, ending });
    const error = await outcome(createClient(Probe, server.connection, json).echo({}));
    expect(error).toMatchObject({ code, rawMessage: expect.stringMatching(message) });
  });

  test.each([17, 99, 9999, -3])("with the unknown code %i, which is kept", async (code) => {
    const frames = [[Trailer, text({ code, message: "odd" })]] as const;
    await using server = await fakeServer({ frames, ending: "end" });
    const error = await outcome(createClient(Probe, server.connection, json).echo({}));
    expect(error).toMatchObject({ code, message: "UNKNOWN: odd" });
  });

  test("with details, the last of each key", async () => {
    await using server = await fakeServer({ frames: [[Trailer, fory]], ending: "end" });
    const error = (await outcome(createClient(Probe, server.connection).echo({}))) as RpcError;
    expect({ ...error.details }).toEqual({ a: "2" });
  });

  test("with an empty trailer, which means OK", async () => {
    await using server = await fakeServer({
      frames: [
        [0, data],
        [Trailer, none],
      ],
      ending: "end",
    });
    expect(await createClient(Probe, server.connection, json).echo({})).toEqual({ text: "one" });
  });

  test("at the trailer, whatever follows it", async () => {
    const frames = [
      [0, data],
      [Trailer, ok],
      [0, data],
      [Trailer, none],
    ] as const;
    await using server = await fakeServer({ frames, ending: "open" });
    expect(await createClient(Probe, server.connection, json).echo({})).toEqual({ text: "one" });
  });

  test("and resets the stream when the client cannot continue", async () => {
    await using server = await fakeServer({ frames: [[Header, data]], ending: "open" });
    await outcome(createClient(Probe, server.connection, json).echo({}));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.given()).toEqual(["stopped 1"]);
  });
});

describe("a client stream ends", () => {
  const total = text({ total: 1, items: 1 });
  test.each<[string, Script["frames"], number]>([
    ["without a response", [[Trailer, ok]], StatusCode.INTERNAL],
    [
      "with two responses",
      [
        [0, total],
        [0, total],
        [Trailer, ok],
      ],
      StatusCode.INTERNAL,
    ],
    [
      "with a status of random bytes",
      [
        [0, total],
        [Trailer, Uint8Array.of(1)],
      ],
      StatusCode.INTERNAL,
    ],
  ])("%s", async (_, frames, code) => {
    await using server = await fakeServer({ frames, ending: "open" });
    const error = await outcome(createClient(Probe, server.connection, json).sum([{ n: 1 }]));
    expect(error).toMatchObject({ code });
  });
});

describe("a stream", () => {
  const read = async (connection: Connection): Promise<unknown[]> => {
    const items: unknown[] = [];
    try {
      for await (const { n } of createClient(Probe, connection, json).count({ n: 0 }))
        items.push(n);
    } catch (error) {
      items.push((error as RpcError).code);
    }
    return items;
  };
  const item = (n: number) => [0, text({ n, payload: "" })] as const;

  test("that ends without a trailer delivers its items first", async () => {
    await using server = await fakeServer({ frames: [item(1), item(2)], ending: "end" });
    expect(await read(server.connection)).toEqual([1, 2, StatusCode.INTERNAL]);
  });

  test("with an item of random bytes ends there", async () => {
    const frames = [item(1), [0, none] as const, item(2)];
    await using server = await fakeServer({ frames, ending: "open" });
    expect(await read(server.connection)).toEqual([1, StatusCode.INTERNAL]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.given()).toEqual(["stopped 1"]);
  });

  test("ignores frames after its trailer", async () => {
    const frames = [item(1), [Trailer, ok] as const, item(2), [Trailer, none] as const];
    await using server = await fakeServer({ frames, ending: "end" });
    expect(await read(server.connection)).toEqual([1]);
  });

  test("with an error delivers the items before it", async () => {
    const no = text({ code: 10, message: "no", detailKeys: [], detailValues: [] });
    await using server = await fakeServer({ frames: [item(1), [Trailer, no]], ending: "end" });
    expect(await read(server.connection)).toEqual([1, StatusCode.ABORTED]);
  });

  test("ignores row schemas", async () => {
    const frames = [[RowSchema, none] as const, item(1), [Trailer, ok] as const];
    await using server = await fakeServer({ frames, ending: "end" });
    expect(await read(server.connection)).toEqual([1]);
  });
});
