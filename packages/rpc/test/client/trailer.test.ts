// The metadata beside the status: pairs, in order, on success and on failure.
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  type Metadata,
  RpcError,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { describe, expect, test } from "vitest";
import { local, ways } from "../support/pairs.ts";
import { Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { hello, joined, json } from "../support/raw-say.ts";

const Trails = defineService(
  "Trails",
  {},
  {
    one: unary(Text, Text),
    many: serverStream(Text, Text),
    sum: clientStream(Text, Text),
    chat: bidiStream(Text, Text),
    plain: unary(Text, Text),
    over: unary(Text, Text),
  },
);
const bytes = Uint8Array.of(0xab, 0xab, 0xab);
const pairs = [
  ["took-ms", "7"],
  ["sum-bin", "q6ur"],
  ["took-ms", "8"],
  ["söng", "☺"],
] as const;

type Adds = { addTrailer(key: string, value: string | Uint8Array): void };

function add(context: Adds, fails: boolean): void {
  context.addTrailer("took-ms", "7");
  context.addTrailer("sum-bin", bytes);
  context.addTrailer("took-ms", "8");
  context.addTrailer("söng", "☺");
  if (fails) throw new RpcError(StatusCode.ABORTED, "no", { details: { why: "because" } });
}

const trails = implement(Trails, {
  one({ text }, context) {
    add(context, text === "fail");
    return { text };
  },
  async *many({ text }, context) {
    yield { text };
    add(context, text === "fail");
  },
  async sum(requests, context) {
    let last = "";
    for await (const { text } of requests) last = text;
    add(context, last === "fail");
    return { text: last };
  },
  async *chat(requests, context) {
    for await (const { text } of requests) {
      yield { text };
      add(context, text === "fail");
    }
  },
  plain: ({ text }) => ({ text }),
  over({ text }, context) {
    const [key = "", count = "1", length = "1"] = text.split(" ");
    for (let i = 0; i < Number(count); i++) context.addTrailer(key, "v".repeat(Number(length)));
    return { text };
  },
});

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

describe.each(ways)("$title", ({ pair, mode }) => {
  test("arrives before the call ends, in every pattern", async () => {
    await using opened = await pair.open({ services: [trails] });
    const client = opened.client(Trails, { serialization: mode });
    for (const text of ["ok", "fail"]) {
      const told: Metadata[] = [];
      const options = { onTrailer: (trailer: Metadata) => told.push(trailer) };
      const calls = [
        () => client.one({ text }, options),
        () => drain(client.many({ text }, options)),
        () => client.sum([{ text }], options),
        () => drain(client.chat([{ text }], options)),
      ];
      for (const [index, call] of calls.entries()) {
        const error = await call().then(
          () => undefined,
          (reason: unknown) => reason as RpcError,
        );
        expect(error?.code).toBe(text === "fail" ? StatusCode.ABORTED : undefined);
        expect(told).toHaveLength(index + 1);
        const expected = text === "fail" ? [["why", "because"], ...pairs] : pairs;
        expect([...(told[index] as Metadata)]).toEqual(expected);
        expect(told[index]?.getAll("took-ms")).toEqual(["7", "8"]);
        expect(told[index]?.getBytes("sum-bin")).toEqual(bytes);
        if (error !== undefined) expect(error.details.why).toBe("because");
      }
    }
  });

  test("is empty when the handler adds nothing, and onTrailer is not called without a status", async () => {
    await using opened = await pair.open({ services: [trails] });
    const client = opened.client(Trails, { serialization: mode });
    const told: number[] = [];
    const onTrailer = (trailer: Metadata) => told.push(trailer.size);
    await client.plain({}, { onTrailer });
    expect(told).toEqual([0]);
    const bad = { text: 7 } as never;
    await expect(client.plain(bad, { onTrailer })).rejects.toThrow(RpcError);
    await client.many({ text: "ok" }, { onTrailer }).return();
    expect(told).toEqual([0]);
  });

  test("an error of onTrailer ends the call", async () => {
    await using opened = await pair.open({ services: [trails] });
    const client = opened.client(Trails, { serialization: mode });
    const why = new RangeError("unexpected");
    const onTrailer = () => {
      throw why;
    };
    await expect(client.one({}, { onTrailer })).rejects.toBe(why);
    await expect(drain(client.many({}, { onTrailer }))).rejects.toBe(why);
    expect(await client.plain({ text: "on" })).toEqual({ text: "on" });
  });

  test.each([
    ["x 33", "maxStatusDetails"],
    [`${"k".repeat(257)} 1`, "maxMetadataKeyChars"],
    ["x 1 4097", "maxMetadataValueChars"],
    ["x 3 4000", "maxMetadataBytes"],
  ])("beyond a bound it is refused at the sender: %#", async (text, limit) => {
    await using opened = await pair.open({ services: [trails] });
    const error = await opened
      .client(Trails, { serialization: mode })
      .over({ text })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: StatusCode.RESOURCE_EXHAUSTED, details: { limit } });
  });

  test("arrives up to the limit", async () => {
    await using opened = await pair.open({ services: [trails] });
    const client = opened.client(Trails, { serialization: mode });
    let size = 0;
    const onTrailer = (trailer: Metadata) => {
      size = trailer.size;
    };
    await client.over({ text: "x 32" }, { onTrailer });
    expect(size).toBe(32);
  });
});

test("interceptors can add to it on the server and read it on the client", async () => {
  const server: Interceptor = async (call, next) => {
    const response = await next(call);
    call.context?.addTrailer("from", "interceptor");
    return response;
  };
  const seen: string[] = [];
  const client: Interceptor = (call, next) =>
    next({
      ...call,
      onTrailer(trailer) {
        seen.push(`interceptor ${trailer.get("from")}`);
        call.onTrailer?.(trailer);
      },
    });
  await using opened = await local.open({ services: [trails], interceptors: [server] });
  const remote = opened.client(Trails, { interceptors: [client] });
  await remote.plain({}, { onTrailer: (trailer) => seen.push(`caller ${trailer.size}`) });
  expect(seen).toEqual(["interceptor interceptor", "caller 1"]);
});

test("ignores additions after the end of the call", async () => {
  let after: (() => void) | undefined;
  const late = implement(Trails, {
    ...trails.handlers,
    plain({ text }: { text: string }, context: Adds) {
      after = () => context.addTrailer("late", "1");
      return { text };
    },
  } as never);
  await using opened = await local.open({ services: [late] });
  await opened.client(Trails).plain({});
  expect(() => after?.()).not.toThrow();
});

test("an unused trailer is constant, and its pairs are the details of the status", async () => {
  await using pair = await rawPair(new Server({ services: [trails] }));
  const say = async (method: string) => {
    const header = json({ service: "Trails", method, version: 1 });
    const answer = await new RawCall(pair.raw).send(joined(header, hello), true).answer();
    return new TextDecoder().decode(answer.trailer);
  };
  expect(await say("plain")).toBe('{"code":0,"message":"","detailKeys":[],"detailValues":[]}');
  expect(JSON.parse(await say("one"))).toEqual({
    code: 0,
    message: "",
    detailKeys: pairs.map(([key]) => key),
    detailValues: pairs.map(([, value]) => value),
  });
});
