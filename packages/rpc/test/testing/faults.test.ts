// Faults between two peers: no call ends with OK that must not.
import { AsterClient, AsterServer, openGate, RpcError, StatusCode } from "@aster/rpc";
import {
  type Fault,
  type FaultAction,
  type FaultDirection,
  type Faults,
  fakeClock,
  faults,
  type ServicePair,
  servicePair,
} from "@aster/rpc/testing";
import { memoryPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { Journal, Probe, probe } from "../support/probe.ts";
import { Tally, tally } from "../support/session-probe.ts";

interface Outcome {
  readonly code: number;
  /** The responses before the end. */
  readonly got: readonly unknown[];
}

// before a server resets the streams whose headers are missing
const TIMEOUT_MS = 6_000;
const timed = { timeoutMs: TIMEOUT_MS };
/** Every fault shows. */
const client = { retry: false } as const;

async function collect(responses: AsyncIterable<unknown>): Promise<Outcome> {
  const got: unknown[] = [];
  try {
    for await (const response of responses) got.push(response);
    return { code: StatusCode.OK, got };
  } catch (error) {
    return { code: (error as RpcError).code, got };
  }
}

async function* one(response: Promise<unknown>): AsyncGenerator<unknown> {
  yield await response;
}

const numbers = [{ n: 1 }, { n: 2 }, { n: 3 }];
const texts = [{ text: "a" }, { text: "b" }, { text: "c" }];

/** The four patterns, each with its complete answer. */
const patterns = {
  unary: {
    run: ({ client }: ServicePair) => collect(one(client.client(Probe).echo({ text: "a" }, timed))),
    whole: [{ text: "a" }],
  },
  server_stream: {
    run: ({ client }: ServicePair) => collect(client.client(Probe).count({ n: 3 }, timed)),
    whole: [0, 1, 2].map((n) => ({ n, payload: "" })),
  },
  client_stream: {
    run: ({ client }: ServicePair) =>
      collect(
        one(
          client.client(Probe).sum(
            numbers.map((item) => ({ ...item, payload: "" })),
            timed,
          ),
        ),
      ),
    whole: [{ total: 6, items: 3 }],
  },
  bidi_stream: {
    run: ({ client }: ServicePair) => collect(client.client(Probe).chat(texts, timed)),
    whole: texts,
  },
};
const names = Object.keys(patterns) as (keyof typeof patterns)[];

async function atRest({ client, server }: ServicePair): Promise<void> {
  await expect
    .poll(() => ({ ...client.node.stats(), ...server.stats(), ...server.server.stats() }))
    .toMatchObject({ calls: 0, channels: 0, queuedBytes: 0 });
}

/** As {@link servicePair}, with the faults on the side of the server. */
async function faultyServer(network: Faults): Promise<ServicePair> {
  const nodes = await memoryPair();
  const node = network.wrapNode(nodes.server);
  const server = await AsterServer.start({ services: [probe()], gate: openGate(), node });
  const connected = await AsterClient.connect(server.address, { ...client, node: nodes.client });
  return {
    client: connected,
    server,
    async [Symbol.asyncDispose]() {
      await connected.close();
      await server.close();
      await nodes[Symbol.asyncDispose]();
    },
  };
}

type Place = "in memory" | "over quic" | "at the server";

async function outcomeOf(
  pattern: keyof typeof patterns,
  place: Place,
  fault: Fault,
): Promise<Outcome> {
  using clock = fakeClock();
  const network = faults(fault);
  const transport = place === "over quic" ? "quic" : "memory";
  await using pair =
    place === "at the server"
      ? await faultyServer(network)
      : await servicePair({ client, services: [probe()], transport, faults: network });
  const running = patterns[pattern].run(pair);
  await expect.poll(() => network.injected.length).toBeGreaterThan(0);
  if (fault.do === "drop") await clock.advance(TIMEOUT_MS);
  const outcome = await running;
  network.set([]);
  await atRest(pair);
  const after = pair.client.client(Probe).echo({ text: "after" });
  // a lost peer is dialed again after a while
  if (pair.client.state !== "connected") await clock.advance(1_000);
  expect(await after).toEqual({ text: "after" });
  await atRest(pair);
  return outcome;
}

const ends: readonly [FaultAction, FaultDirection, number, StatusCode][] = [
  ["drop", "toServer", 0, StatusCode.DEADLINE_EXCEEDED],
  ["drop", "toServer", 1, StatusCode.DEADLINE_EXCEEDED],
  ["drop", "toClient", 0, StatusCode.DEADLINE_EXCEEDED],
  ["drop", "toClient", 1, StatusCode.DEADLINE_EXCEEDED],
  ["reset", "toServer", 0, StatusCode.UNAVAILABLE],
  ["reset", "toServer", 1, StatusCode.UNAVAILABLE],
  ["reset", "toClient", 0, StatusCode.UNAVAILABLE],
  ["reset", "toClient", 1, StatusCode.UNAVAILABLE],
  ["close", "toServer", 0, StatusCode.UNAVAILABLE],
  ["close", "toServer", 1, StatusCode.UNAVAILABLE],
  ["close", "toClient", 0, StatusCode.UNAVAILABLE],
  ["close", "toClient", 1, StatusCode.UNAVAILABLE],
  ["truncate", "toServer", 0, StatusCode.INTERNAL],
  ["truncate", "toServer", 1, StatusCode.INVALID_ARGUMENT],
  ["truncate", "toClient", 0, StatusCode.INTERNAL],
  ["duplicate", "toServer", 0, StatusCode.INTERNAL],
];

describe.each<Place>(["in memory", "over quic", "at the server"])("%s", (place) => {
  for (const [action, direction, at, code] of ends) {
    test.each(names)(`${action} of frame ${at} ${direction} ends a call, %s`, async (pattern) => {
      const { code: ended, got } = await outcomeOf(pattern, place, {
        do: action,
        direction,
        at,
      });
      expect(ended).toBe(code);
      expect(patterns[pattern].whole.slice(0, got.length)).toEqual(got);
    });
  }
});

describe("a script", () => {
  const echo = ({ client }: ServicePair) => client.client(Probe).echo({ text: "x" });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => StatusCode.OK,
      (error: RpcError) => error.code,
    );

  test("delays a frame and all that follow, and loses none", async () => {
    using clock = fakeClock();
    for (const direction of ["toServer", "toClient"] as const) {
      const slow = faults({ at: 1, direction, do: { delayMs: 5_000 } });
      await using pair = await servicePair({ client, services: [probe()], faults: slow });
      for (const name of names) {
        let outcome: Outcome | undefined;
        const running = patterns[name].run(pair).then((result) => {
          outcome = result;
        });
        await clock.advance(4_999);
        expect(outcome).toBeUndefined();
        await clock.advance(1);
        await running;
        expect(outcome).toEqual({ code: StatusCode.OK, got: patterns[name].whole });
      }
      await atRest(pair);
    }
  });

  test("applies back-pressure when many bytes are delayed", async () => {
    using clock = fakeClock();
    const payload = "x".repeat(10_000);
    let taken = 0;
    const items = function* () {
      for (; taken < 1_000; taken++) yield { n: 1, payload };
    };
    for (const direction of ["toServer", "toClient"] as const) {
      const slow = faults({ at: 0, direction, do: { delayMs: 1_000 } });
      await using pair = await servicePair({
        services: [probe()],
        faults: slow,
        compression: false,
        client: { compression: false },
      });
      const remote = pair.client.client(Probe);
      if (direction === "toServer") {
        const sum = remote.sum(items());
        await clock.advance(999);
        expect(taken).toBeLessThan(100);
        await clock.advance(1);
        expect(await sum).toEqual({ total: 1_000, items: 1_000 });
      } else {
        const counted = collect(remote.count({ n: 1_000, payload }));
        await clock.advance(999);
        expect(pair.server.stats().calls).toBe(1);
        await clock.advance(1);
        expect((await counted).got).toHaveLength(1_000);
      }
    }
  });

  test("applies back-pressure when frames are dropped", async () => {
    using clock = fakeClock();
    let taken = 0;
    const items = function* () {
      for (; ; taken++) yield { n: 1, payload: "x".repeat(10_000) };
    };
    await using pair = await servicePair({
      services: [probe()],
      client: { compression: false },
      faults: faults({ at: 2, direction: "toServer", do: "drop" }),
    });
    const sum = codeOf(pair.client.client(Probe).sum(items(), timed));
    await clock.advance(TIMEOUT_MS - 1);
    expect(taken).toBeLessThan(100);
    await clock.advance(1);
    expect(await sum).toBe(StatusCode.DEADLINE_EXCEEDED);
  });

  test("a duplicated response fails a unary call, a duplicated item is one more item", async () => {
    const twice = faults({ at: 0, direction: "toClient", do: "duplicate" });
    await using pair = await servicePair({ client, services: [probe()], faults: twice });
    for (const name of ["unary", "client_stream"] as const) {
      expect((await patterns[name].run(pair)).code).toBe(StatusCode.INTERNAL);
    }
    const [first, ...rest] = patterns.server_stream.whole;
    expect((await patterns.server_stream.run(pair)).got).toEqual([first, first, ...rest]);
    await atRest(pair);
  });

  test("limits faults by times and stream, until another script is set", async () => {
    const network = faults({ at: 0, direction: "toClient", do: "reset", times: 1, stream: 1 });
    await using pair = await servicePair({ client, services: [probe()], faults: network });
    const codes: number[] = [];
    for (let call = 0; call < 3; call++) codes.push(await codeOf(echo(pair)));
    expect(codes).toEqual([0, StatusCode.UNAVAILABLE, 0]);
    expect(network.injected).toEqual([{ do: "reset", direction: "toClient", stream: 1, frame: 0 }]);
    network.set([{ at: [1, 2], direction: "toServer", do: "reset" }]);
    expect(await codeOf(echo(pair))).toBe(StatusCode.UNAVAILABLE);
    network.set([]);
    expect(await codeOf(echo(pair))).toBe(0);
  });

  test("counts frames of a connection, and cuts one direction of it", async () => {
    using clock = fakeClock();
    const half = faults({ at: 5, of: "connection", direction: "toServer", do: "drop" });
    await using pair = await servicePair({ client, services: [probe()], faults: half });
    expect([await codeOf(echo(pair)), await codeOf(echo(pair))]).toEqual([0, 0]);
    for (let call = 0; call < 2; call++) {
      const lost = codeOf(pair.client.client(Probe).echo({}, { timeoutMs: 1_000 }));
      await clock.advance(1_000);
      expect(await lost).toBe(StatusCode.DEADLINE_EXCEEDED);
    }
    expect(half.injected).toHaveLength(1);
  });

  test("repeats its random choices for the same seed", async () => {
    const run = async (seed: number): Promise<number[]> => {
      const unlucky = faults({ at: 0, direction: "toClient", do: "reset", chance: 0.5 }, { seed });
      await using pair = await servicePair({ client, services: [probe()], faults: unlucky });
      const codes: number[] = [];
      for (let call = 0; call < 40; call++) codes.push(await codeOf(echo(pair)));
      return codes;
    };
    const first = await run(1);
    expect(new Set(first)).toEqual(new Set([StatusCode.OK, StatusCode.UNAVAILABLE]));
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  test("ends the call of a session, or the whole session", async () => {
    using clock = fakeClock();
    const journal = new Journal();
    const network = faults([]);
    await using pair = await servicePair({ client, services: [tally(journal)], faults: network });
    const open = () => pair.client.session(Tally, { cancelTimeoutMs: 1_000 });
    const session = await open();
    expect(await session.add({ n: 1 })).toMatchObject({ n: 1 });
    network.set({ direction: "toClient", do: "reset" });
    expect(await codeOf(session.add({ n: 2 }))).toBe(StatusCode.UNAVAILABLE);
    expect(await session.closed).toMatchObject({ code: StatusCode.UNAVAILABLE });
    network.set([]);
    const silent = await open();
    expect(await silent.add({ n: 5 })).toMatchObject({ n: 5 });
    network.set({ direction: "toClient", do: "drop" });
    const lost = codeOf(silent.add({ n: 2 }, timed));
    await clock.advance(TIMEOUT_MS);
    expect(await lost).toBe(StatusCode.DEADLINE_EXCEEDED);
    // the cancellation is not answered either
    await clock.advance(1_000);
    expect(await silent.closed).toMatchObject({ code: StatusCode.UNAVAILABLE });
    await atRest(pair);
    await expect.poll(() => pair.server.stats().sessions).toBe(0);
  });

  test.each<Partial<Fault>>([
    { at: -1 },
    { at: [0, 0.5] },
    { stream: Number.NaN },
    { times: -2 },
    { chance: 1.5 },
    { do: { delayMs: -1 } },
  ])("%j is refused", (wrong) => {
    const fault: Fault = { at: 0, direction: "toServer", do: "reset", ...wrong };
    expect(() => faults(fault)).toThrow(RpcError);
    expect(() => faults(fault)).toThrow(/INVALID_ARGUMENT/);
  });
});
