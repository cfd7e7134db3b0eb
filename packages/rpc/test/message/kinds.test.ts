// Values of another kind than the message type, in requests, replies and streams.

import { runInNewContext } from "node:vm";
import {
  bidiStream,
  clientStream,
  createLocalClient,
  defineService,
  implement,
  Metadata,
  RpcError,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { expect, test } from "vitest";
import { z } from "zod";
import { jsonCodec } from "../../src/message/json-codec.ts";

const Lax = wireType("kinds/Message", { n: z.int().default(0) });
const Svc = defineService(
  "Kinds",
  { serialization: ["xlang", "native", "row"] },
  {
    one: unary(Lax, Lax),
    sum: clientStream(Lax, Lax),
    down: serverStream(Lax, Lax),
    both: bidiStream(Lax, Lax),
  },
);
const wrong = [[], Promise.resolve({ n: 1 }), new Map(), new Date(0), new Uint8Array(1)] as never[];
let place = 0;
const server = new Server({
  services: [
    implement(Svc, {
      one: ({ n }) => (n === 0 ? (wrong[place] as never) : { n }),
      sum: async () => wrong[place] as never,
      async *down() {
        yield await { n: 1 };
        yield [] as never;
      },
      async *both(requests) {
        for await (const { n } of requests) yield { n };
      },
    }),
  ],
  onError: () => {},
});

const codeOf = async (run: () => unknown): Promise<number | undefined> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof RpcError) return error.code;
    throw error;
  }
  return undefined;
};

const drain = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of stream);
};

test.each(["xlang", "json", "native", "row"] as const)("in %s they are errors", async (mode) => {
  const client = createLocalClient(Svc, server, { serialization: mode });
  for (place = 0; place < wrong.length; place++) {
    const value = wrong[place] as never;
    const codes = [
      await codeOf(() => client.one(value)),
      await codeOf(() => client.sum([{ n: 1 }, value])),
      await codeOf(() => drain(client.both([value]))),
      await codeOf(() => drain(client.down(value))),
      await codeOf(() => client.sum([])),
    ];
    const bad = StatusCode.INVALID_ARGUMENT;
    // a promise that a handler returns is awaited
    const answer = (value as unknown) instanceof Promise ? undefined : StatusCode.INTERNAL;
    expect(codes).toEqual([bad, bad, bad, bad, answer]);
  }
  place = 0;
  expect(await codeOf(() => client.one({ n: 0 }))).toBe(StatusCode.INTERNAL);
  expect(await codeOf(() => drain(client.down({})))).toBe(StatusCode.INTERNAL);
});

test("untyped requests with parts that JSON lacks are errors", () => {
  for (const part of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Map(),
    new Set(),
    Promise.resolve(),
  ]) {
    expect(() => jsonCodec.encode({ list: [part] })).toThrow(/cannot be written as JSON: 0 is /);
  }
});

test("metadata and errors of another realm are known", () => {
  const bytes = runInNewContext("new Uint8Array([1, 2])") as Uint8Array;
  expect(Metadata.from({ "k-bin": bytes }).getBytes("k-bin")).toEqual(new Uint8Array([1, 2]));
  const error = RpcError.from(runInNewContext("new RangeError('far')"));
  expect([error.code, error.rawMessage]).toEqual([StatusCode.UNKNOWN, "far"]);
});
