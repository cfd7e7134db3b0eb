// Texts of a peer that would change what a terminal or a log shows.
import { inspect } from "node:util";
import { defineService, implement, RpcError, StatusCode, unary, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { memoryPair } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkModes, checkOffer } from "../../src/peer/offered-service.ts";

const evil = "\u001b[2J\r\n2026-01-01 ERROR forged line \u009b31m\u202e";
const raw = /[\p{Cc}\p{Bidi_Control}]/u;

const Empty = wireType("attacks/Nothing", {});
const Loud = defineService("Loud", {}, { shout: unary(Empty, Empty) });
const loud = implement(Loud, {
  shout() {
    throw new RpcError(StatusCode.ABORTED, evil, { details: { note: evil } });
  },
});

const failureOf = async (work: Promise<unknown>): Promise<RpcError> =>
  work.then(
    () => expect.unreachable(),
    (error) => error,
  );

test.each(["memory", "quic"] as const)(
  "shows a status text on one line over %s",
  async (transport) => {
    await using pair = await servicePair({ services: [loud], transport });
    const error = await failureOf(pair.client.client(Loud).shout({}));
    expect(error.rawMessage).toBe(evil);
    expect(error.details.note).toBe(evil);
    expect(error.message).not.toMatch(raw);
    expect(error.message).toContain("\\u001b[2J\\u000d\\n2026-01-01");
    const [line = ""] = String(error.stack).split("\n    at ", 1);
    expect(line).toBe(`RpcError: ${error.message}`);
    expect(inspect(error).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  },
);

test("cuts a long status text in the message", () => {
  const error = new RpcError(StatusCode.ABORTED, "x".repeat(100_000));
  expect(error.message.length).toBeLessThan(4_200);
  expect(error.rawMessage).toHaveLength(100_000);
});

const offer = (name: string) => ({
  name,
  version: 1,
  contractId: "",
  channels: {},
  scoped: "shared" as const,
  serializationModes: [evil],
});

test("escapes and counts the names that a peer offers", () => {
  const wanted = { name: "Mine", version: 1, scoped: "shared" as const };
  const offered = Array.from({ length: 10_000 }, (_, i) => offer(`${i}${evil}${"x".repeat(200)}`));
  const refuse = () => checkOffer(wanted, offered);
  expect(refuse).toThrow(/ and 9990 more$/);
  expect(refuse).toThrow(expect.objectContaining({ rawMessage: expect.not.stringMatching(raw) }));
  try {
    refuse();
  } catch (error) {
    expect((error as RpcError).message.length).toBeLessThan(2_000);
  }
});

test("escapes the modes that a peer no longer offers", () => {
  const now = { ...offer("Mine"), serializationModes: ["xlang"] };
  expect(() => checkModes(offer("Mine"), now)).toThrow(
    expect.objectContaining({ rawMessage: expect.not.stringMatching(raw) }),
  );
});

test("escapes the keys of a message in errors of the codec", async () => {
  const Dictionary = wireType("attacks/Dictionary", { ages: z.record(z.string(), z.int()) });
  const Ages = defineService("Ages", {}, { all: unary(Empty, Dictionary) });
  const Texts = wireType("attacks/Texts", { ages: z.record(z.string(), z.string()) });
  const Names = defineService("Ages", {}, { all: unary(Empty, Texts) });
  const names = implement(Names, { all: () => ({ ages: { [evil]: "x" } }) });
  await using pair = await servicePair({ services: [names] });
  const remote = pair.client.client(Ages, { checkContract: false, serialization: "json" });
  const error = await failureOf(remote.all({}));
  expect(error.rawMessage).toContain("forged line");
  expect(error.rawMessage).not.toMatch(raw);
});

test("escapes the reason with which a peer closes a connection", async () => {
  await using pair = await memoryPair();
  const accepting = pair.server.accept(["text"]);
  const connection = await pair.client.connect(pair.server.address(), "text");
  const { value: other } = await accepting.next();
  other?.close(1, evil);
  expect((await connection.closed).message).not.toMatch(raw);
});
