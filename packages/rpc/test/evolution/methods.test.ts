// Methods that only one side has, the check of a service, its policies, and untrusted answers.
import { createTypeScope, wireType } from "@aster/codec";
import {
  type AsterClientOptions,
  allOf,
  contractIdOf,
  defineService,
  implement,
  StatusCode,
  unary,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { contractService } from "../../src/protocol/contract-method.ts";
import { failure } from "../support/outcomes.ts";
import { revivable } from "../support/revivable.ts";

const Text = wireType("methods/Text", { text: z.string() });
const Shout = wireType("methods/Shout", { text: z.string() });
const Louder = wireType(
  "methods/Shout",
  { text: z.string(), lang: z.string().optional() },
  { scope: createTypeScope() },
);
const Dated = wireType("methods/Shout", { text: z.date() }, { scope: createTypeScope() });

const say = unary(Text, Text);
const oldMethods = { say, shout: unary(Shout, Shout) };
/** `shout` has more fields, `whisper` is new. */
const newMethods = { say, shout: unary(Louder, Louder), whisper: unary(Text, Text) };
/** `shout` has another type. */
const otherMethods = { say, shout: unary(Dated, Dated) };

const Old = defineService("Words", {}, oldMethods);
const New = defineService("Words", {}, newMethods);
const Other = defineService("Words", {}, otherMethods);

const echo = (request: object) => request as never;
const old = () => implement(Old, { say: echo, shout: echo });
const next = () => implement(New, { say: echo, shout: echo, whisper: echo });
const other = () => implement(Other, { say: echo, shout: echo });
const hi = { text: "hi" };

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("an old client works at once when a method was added", async () => {
    const More = defineService("Words", {}, { ...oldMethods, extra: unary(Text, Text) });
    const services = [implement(More, { say: echo, shout: echo, extra: echo })];
    await using pair = await servicePair({ services, transport });
    const remote = pair.client.client(Old);
    expect(await Promise.all([remote.say(hi), remote.shout(hi)])).toEqual([hi, hi]);
    expect(pair.server.stats().callsTotal).toBe(2);
  });

  test("a method that the server lacks is UNIMPLEMENTED, and others work", async () => {
    await using pair = await servicePair({ services: [old()], transport });
    const remote = pair.client.client(New);
    const error = await failure(remote.whisper(hi));
    expect(error.code).toBe(StatusCode.UNIMPLEMENTED);
    expect(error.rawMessage).toBe(
      "the peer does not have the method Words.whisper; it has say, shout",
    );
    expect(await remote.say(hi)).toEqual(hi);
    expect(pair.server.stats().callsTotal).toBe(1);
    expect(await remote.shout({ text: "x", lang: "en" })).toEqual({ text: "x" });
  });

  test("an incompatible method is refused and named, and others work", async () => {
    await using pair = await servicePair({ services: [other()], transport });
    const remote = pair.client.client(Old);
    const error = await failure(remote.shout(hi));
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      details: {
        reason: "contract.mismatch",
        ours: contractIdOf(Old),
        theirs: contractIdOf(Other),
        method: "shout",
        differences: "request.text: string → timestamp; response.text: string → timestamp",
      },
    });
    expect(error.rawMessage).toMatch(
      /^Words\.shout differs from the peer's in mode xlang: request\.text: string → timestamp; /,
    );
    for (const id of [contractIdOf(Old), contractIdOf(Other)]) {
      expect(error.rawMessage).toContain(id);
    }
    expect(await remote.say(hi)).toEqual(hi);
  });

  test("all first calls and clients wait for one request of the manifest", async () => {
    await using pair = await servicePair({ services: [next()], transport });
    const clients = [pair.client.client(Old), pair.client.client(Old)];
    const calls = clients.flatMap((remote) =>
      Array.from({ length: 20 }, (_, i) => remote.shout({ text: String(i) })),
    );
    const texts = (await Promise.all(calls)).map(({ text }) => text);
    expect(texts).toEqual([...Array(20).keys(), ...Array(20).keys()].map(String));
    expect(pair.server.stats().callsTotal).toBe(41);
  });

  test("checks again after a reconnection to a server with another contract", async () => {
    await using at = await revivable(transport, { services: [old()] });
    const { AsterClient } = await import("@aster/rpc");
    await using client = await AsterClient.connect(at.address, { node: at.clientNode });
    const remote = client.client(Old);
    expect(await remote.shout(hi)).toEqual(hi);
    const restart = async (services: object[]) => {
      await at.kill();
      await expect.poll(() => client.state).toBe("disconnected");
      await at.revive({ services });
    };
    await restart([next()]);
    const calls = [remote.shout(hi), remote.shout({ text: "b" }), remote.say(hi)];
    expect(await Promise.all(calls)).toEqual([hi, { text: "b" }, hi]);
    await restart([other()]);
    expect((await failure(remote.shout(hi))).code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await remote.say(hi)).toEqual(hi);
    await restart([old()]);
    expect(await remote.shout(hi)).toEqual(hi);
    expect(at.server.stats().callsTotal).toBe(1);
  });

  test("compares session by session", async () => {
    const session = { scoped: "session" } as const;
    const [OldS, NewS] = [
      defineService("Talk", session, oldMethods),
      defineService("Talk", session, newMethods),
    ];
    const OtherS = defineService("Talk", session, otherMethods);
    const talk = (definition: typeof NewS) =>
      implement(definition, () => ({ say: echo, shout: echo, whisper: echo }));
    await using at = await revivable(transport, { services: [talk(NewS)] });
    const { AsterClient } = await import("@aster/rpc");
    await using client = await AsterClient.connect(at.address, { node: at.clientNode });
    const first = await client.session(OldS);
    expect(await first.shout(hi)).toEqual(hi);
    const wrong = await client.session(OtherS);
    expect((await failure(wrong.shout({ text: new Date() }))).code).toBe(
      StatusCode.FAILED_PRECONDITION,
    );
    expect(await wrong.say(hi)).toEqual(hi);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    // the sessions wait for a server of another version
    const waiting = await client.session(NewS);
    const refused = await client.session(OtherS);
    const calls = [waiting.shout(hi), failure(refused.say(hi))] as const;
    await at.revive({ services: [implement(OldS, () => ({ say: echo, shout: echo }))] });
    expect((await failure(calls[0])).rawMessage).toMatch(/Talk\.whisper/);
    expect((await calls[1]).details.reason).toBe("contract.mismatch");
    const again = await client.session(NewS);
    expect(await again.shout(hi)).toEqual(hi);
    expect((await failure(again.whisper(hi))).code).toBe(StatusCode.UNIMPLEMENTED);
  });
});

const withPolicy = async (checkContract: AsterClientOptions["checkContract"]) =>
  servicePair({
    services: [next()],
    client: checkContract === undefined ? {} : { checkContract },
  });

test("takes the policy of the connection, and of one client before it", async () => {
  await using equal = await withPolicy("equal");
  expect(() => equal.client.client(Old)).toThrow(/another|offers/);
  expect(await equal.client.client(Old, { checkContract: "compatible" }).shout(hi)).toEqual(hi);
  await using none = await withPolicy(false);
  await none.client.client(Other).say(hi);
  expect(none.server.stats().callsTotal).toBe(1);
  const error = await failure(none.client.client(Other).shout({ text: new Date() }));
  expect(error.code).toBe(StatusCode.CONTRACT_VIOLATION);
  await expect(withPolicy(true as never)).rejects.toThrow(
    'option checkContract must be "equal", "compatible" or false, got true',
  );
  expect(() => none.client.client(Old, { checkContract: "never" as never })).toThrow(/"never"/);
});

test("refuses other contracts of a peer that does not describe them", async () => {
  await using pair = await withPolicy(undefined);
  for (const offer of pair.client.services) delete (offer as { methods?: object }).methods;
  expect(() => pair.client.client(Old)).toThrow(
    /which it does not describe, so that they cannot be compared; build both sides from/,
  );
  await pair.client.client(New).say(hi);
});

test("compares by the manifest if the offer has no room for ids", async () => {
  await using pair = await withPolicy(undefined);
  for (const offer of pair.client.services) Object.assign(offer, { methods: {} });
  const remote = pair.client.client(Old);
  expect(await remote.say(hi)).toEqual(hi);
  expect(await remote.shout(hi)).toEqual(hi);
  expect(pair.server.stats().callsTotal).toBe(3);
});

test("answers for its own services only, to peers with the role of the service", async () => {
  const Secret = defineService("Secret", { requires: allOf("boss") }, oldMethods);
  const services = [old(), implement(Secret, { say: echo, shout: echo })];
  await using pair = await servicePair({ services });
  const { createClient } = await import("@aster/rpc/client");
  const { RPC_ALPN } = await import("@aster/rpc/server");
  await using connection = await pair.client.node.connect(pair.server.address, RPC_ALPN);
  const contracts = createClient(contractService(), connection, { profile: "A" });
  const { manifest } = await contracts.manifest({ service: "Words", version: 1 });
  expect(JSON.parse(manifest)).toMatchObject({ contract_id: contractIdOf(Old) });
  const code = async (service: string, version: number) =>
    (await failure(contracts.manifest({ service, version }))).code;
  expect(await code("Words", 2)).toBe(StatusCode.NOT_FOUND);
  expect(await code("_aster/Contracts", 1)).toBe(StatusCode.NOT_FOUND);
  expect(await code("Secret", 1)).toBe(StatusCode.PERMISSION_DENIED);
});

test("keeps user services out of the reserved name", () => {
  expect(() => defineService("_aster/Contracts", {}, {})).toThrow(/is not a service name/);
});
