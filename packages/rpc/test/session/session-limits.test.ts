// Limits on sessions and their calls, and the buffers of a server for clients that do not read.
import {
  defineService,
  implement,
  RpcError,
  type ServerFault,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { encodeFrame, FRAME_OVERHEAD_BYTES, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { callHeaderCodecs } from "../../src/protocol/structs.ts";
import { memory, pairs, quic } from "../support/pairs.ts";
import { Item } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { joined, json, text } from "../support/raw-say.ts";

const tick = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function outcome(work: Promise<unknown>): Promise<RpcError | "good"> {
  return await work.then(
    () => "good" as const,
    (error: unknown) => RpcError.from(error),
  );
}

/** Calls that end when the gate opens. */
function gated(
  service: { maxConcurrentCalls?: number; maxConcurrentStreams?: number },
  method: { maxConcurrentCalls?: number } = {},
) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const Gated = defineService(
    "Gated",
    { scoped: "session", ...service },
    { nap: unary(Item, Item, method), free: unary(Item, Item) },
  );
  const served = implement(Gated, () => ({
    nap: async (item) => {
      await opened;
      return item;
    },
    free: (item) => item,
  }));
  return { Gated, served, open };
}

describe.each(pairs)("$name", (kind) => {
  test("counts sessions of all connections, not their calls, for maxConcurrentStreams", async () => {
    const { Gated, served, open } = gated({ maxConcurrentStreams: 2 });
    await using pair = await kind.open({ services: [served] });
    const sessions = [await pair.session(Gated), await pair.session(Gated)];
    const [one, two] = sessions.map((session) => session.nap({ n: 1 }));
    await expect.poll(() => pair.calls()).toBe(2);
    const third = await pair.session(Gated);
    expect(await outcome(third.free({ n: 1 }))).toMatchObject({
      code: StatusCode.RESOURCE_EXHAUSTED,
      rawMessage:
        "2 sessions of Gated are running already (maxConcurrentStreams); retry when one has ended",
      details: { reason: "limit.maxConcurrentStreams" },
    });
    open();
    expect(await Promise.all([one, two])).toHaveLength(2);
    await sessions[0]?.close();
    await expect.poll(() => pair.server.stats().sessions).toBe(1);
    const fourth = await pair.session(Gated);
    expect(await fourth.free({ n: 4 })).toMatchObject({ n: 4 });
  });

  test.each([
    ["of a service", { maxConcurrentCalls: 2 }, {}, "2 calls of Gated"],
    ["of a method", {}, { maxConcurrentCalls: 2 }, "2 calls of Gated.nap"],
  ] as const)(
    "maxConcurrentCalls %s counts calls in sessions, and the session goes on",
    async (_, service, method, what) => {
      const { Gated, served, open } = gated(service, method);
      await using pair = await kind.open({ services: [served] });
      const sessions = await Promise.all([1, 2, 3].map(() => pair.session(Gated)));
      const running = sessions.slice(0, 2).map((session) => session.nap({ n: 1 }));
      await expect.poll(() => pair.calls()).toBe(2);
      const third = sessions[2];
      expect(await outcome(third?.nap({ n: 3 }) ?? tick(0))).toMatchObject({
        code: StatusCode.RESOURCE_EXHAUSTED,
        rawMessage: `${what} are running already (maxConcurrentCalls); retry when one has ended`,
      });
      open();
      await Promise.all(running);
      await expect.poll(() => pair.calls()).toBe(0);
      expect(await third?.nap({ n: 3 })).toMatchObject({ n: 3 });
    },
  );

  test("counts calls in sessions for maxCalls", async () => {
    const { Gated, served, open } = gated({});
    await using pair = await kind.open({ services: [served], limits: { maxCalls: 1 } });
    const [one, other] = [await pair.session(Gated), await pair.session(Gated)];
    const running = one.nap({ n: 1 });
    await expect.poll(() => pair.calls()).toBe(1);
    const refused = await outcome(other.free({ n: 1 }));
    expect(refused).toMatchObject({ details: { reason: "limit.maxCalls" } });
    open();
    await running;
    expect(await other.free({ n: 2 })).toMatchObject({ n: 2 });
    expect(pair.server.stats()).toMatchObject({ calls: 0, sessions: 2 });
  });
});

describe.each([memory, quic])("instances, $name", (kind) => {
  const Plain = defineService("Plain", { scoped: "session" }, { echo: unary(Item, Item) });

  test("refuse the session with INTERNAL, without a reason, when they cannot be made", async () => {
    const faults: ServerFault[] = [];
    const broken = implement(Plain, () => {
      throw new Error("a secret");
    });
    await using pair = await kind.open({
      services: [broken],
      onError: (fault) => faults.push(fault),
    });
    const session = await pair.session(Plain);
    const error = await outcome(session.echo({ n: 1 }));
    expect(error).toMatchObject({ code: StatusCode.INTERNAL });
    expect((error as RpcError).rawMessage).toMatch(/^internal error \[[0-9a-f]{16}\]$/);
    expect(faults).toMatchObject([{ service: "Plain", method: "", cause: new Error("a secret") }]);
    expect((error as RpcError).rawMessage).toContain(faults[0]?.errorId);
    await expect.poll(() => pair.server.stats()).toMatchObject({ sessions: 0, calls: 0 });
  });

  test("refuse the session with INTERNAL when they lack a method", async () => {
    const incomplete = implement(Plain, () => ({}) as never);
    await using pair = await kind.open({ services: [incomplete], onError: () => {} });
    const error = await outcome((await pair.session(Plain)).echo({ n: 1 }));
    expect(error).toMatchObject({ code: StatusCode.INTERNAL });
  });

  test.each(["throws", "rejects"])(
    "reports what onSessionClose %s to onError, not to the peer",
    async (how) => {
      const faults: ServerFault[] = [];
      const failing = implement(Plain, () => ({
        echo: (item) => item,
        onSessionClose(): void | Promise<void> {
          if (how === "throws") throw new Error("no");
          return Promise.reject(new Error("no"));
        },
      }));
      await using pair = await kind.open({
        services: [failing],
        onError: (fault) => faults.push(fault),
      });
      const session = await pair.session(Plain);
      await session.echo({ n: 1 });
      await session.close();
      await expect.poll(() => faults.length).toBe(1);
      expect(faults[0]).toMatchObject({ service: "Plain", cause: new Error("no") });
      await expect.poll(() => pair.server.stats().sessions).toBe(0);
    },
  );

  test("are waited for by a drain until onSessionClose has returned", async () => {
    let done = false;
    const slow = implement(Plain, () => ({
      echo: (item) => item,
      async onSessionClose() {
        await tick(100);
        done = true;
      },
    }));
    await using pair = await kind.open({ services: [slow] });
    await (await pair.session(Plain)).echo({ n: 1 });
    expect(await pair.server.drain({ graceMs: 5_000 })).toBe(true);
    expect(done).toBe(true);
  });
});

describe("raw peers", () => {
  const { Call, Cancel } = FrameFlag;
  const Big = defineService(
    "Big",
    { scoped: "session" },
    {
      echo: unary(Item, Item),
      many: serverStream(Item, Item),
    },
  );
  const open = json({ service: "Big", method: "", version: 1 });
  const calling = (method: string): Uint8Array => {
    const header = { method, callId: "", deadlineEpochMs: 0, metadataKeys: [], metadataValues: [] };
    return encodeFrame(Call, callHeaderCodecs.json.encode(header));
  };
  const request = (n: number): Uint8Array => encodeFrame(0, text({ n }));

  /** A server, and the number of bytes that its handlers have produced. */
  function producing() {
    const seen = { calls: 0, items: 0 };
    const payload = "x".repeat(10_000);
    const served = implement(Big, () => ({
      echo(item) {
        seen.calls += 1;
        return { ...item, payload };
      },
      async *many(item) {
        for (;;) {
          seen.items += 1;
          yield { ...item, payload };
        }
      },
    }));
    return { seen, server: new Server({ services: [served], onError: () => {} }) };
  }

  test("keeps no CALL longer than maxHeaderBytes behind a running call", async () => {
    const slow = implement(Big, () => ({
      echo: async (item) => {
        await tick(60_000);
        return item;
      },
      async *many() {},
    }));
    const server = new Server({ services: [slow], onError: () => {} });
    await using pair = await rawPair(server);
    const call = new RawCall(pair.raw).send(joined(open, calling("echo"), request(1)));
    await expect.poll(() => server.stats().calls).toBe(1);
    call.send(encodeFrame(Call, new Uint8Array(1_000_000)));
    const { frames } = await call.answer();
    expect(`${Buffer.from(frames.at(-1)?.payload ?? [])}`).toContain("maxHeaderBytes");
    expect(server.stats().heldBytes).toBeLessThan(1000);
  });

  test("counts a CALL behind a running call until it begins or its session ends", async () => {
    const slow = implement(Big, () => ({
      echo: async (item) => {
        await tick(60_000);
        return item;
      },
      async *many() {},
    }));
    const server = new Server({ services: [slow], onError: () => {} });
    await using pair = await rawPair(server);
    const call = new RawCall(pair.raw).send(joined(open, calling("echo"), request(1)));
    await expect.poll(() => server.stats().calls).toBe(1);
    const { heldBytes } = server.stats();
    const waiting = calling("echo");
    call.send(waiting);
    await expect
      .poll(() => server.stats().heldBytes)
      .toBe(heldBytes + waiting.length - FRAME_OVERHEAD_BYTES);
    call.reset(1);
    await expect.poll(() => server.stats().heldBytes).toBeLessThanOrEqual(heldBytes);
  });

  test.each(["ends", "resets", "leaves"])(
    "one that %s while a call waits for its request closes the session",
    async (how) => {
      let closed = 0;
      const served = implement(Big, () => ({
        echo: (item) => item,
        async *many() {},
        onSessionClose() {
          closed += 1;
        },
      }));
      const server = new Server({ services: [served], onError: () => {} });
      await using pair = await rawPair(server);
      const call = new RawCall(pair.raw).send(joined(open, calling("echo")));
      await expect.poll(() => server.stats()).toMatchObject({ calls: 0, sessions: 1 });
      if (how === "ends") call.send(new Uint8Array(0), true);
      else if (how === "resets") call.reset(1);
      else pair.raw.close();
      await expect.poll(() => server.stats()).toMatchObject({ calls: 0, sessions: 0 });
      expect(closed).toBe(1);
    },
  );

  test.each([
    ["calls that are not waited for", joined(calling("echo"), request(1))],
    ["calls and cancellations", joined(calling("echo"), request(1), encodeFrame(Cancel, text("")))],
    [
      "streams and cancellations",
      joined(calling("many"), request(1), encodeFrame(Cancel, text(""))),
    ],
    ["calls within calls", joined(calling("many"), request(1))],
  ])("one that takes nothing is not answered without end: %s", async (_, round) => {
    const { seen, server } = producing();
    await using pair = await rawPair(server);
    // the client does not read, so the responses stay in the buffers of the server
    const channel = pair.raw.open({
      frame: () => {},
      end: () => {},
      malformed: () => {},
      stopped: () => {},
      closed: () => {},
    });
    channel.pause();
    channel.send(0, open);
    const rounds = joined(...Array.from({ length: 100 }, () => round));
    let blocked = 0;
    for (let sent = 0; sent < 200 && blocked < 20; sent++) {
      if (!channel.send(0, rounds)) {
        blocked += 1;
        await Promise.race([channel.drained(), tick(20)]);
      }
      await tick(0);
    }
    await tick(50);
    // far less than the responses of 20 000 calls
    expect((seen.calls + seen.items) * 10_000).toBeLessThan(8_000_000);
    expect(server.stats().calls).toBeLessThanOrEqual(1);
    channel.reset(1);
    await expect.poll(() => server.stats()).toMatchObject({ calls: 0, sessions: 0 });
  });
});
