// The deadlines that the interceptor sets, over all transports and patterns.
import { type CallContext, currentCall, implement, StatusCode } from "@aster/rpc";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import {
  answering,
  callFour,
  fourInSession,
  fourWith,
  PATTERNS,
} from "../../rpc/test/support/four.ts";
import { transports } from "../../rpc/test/support/watched-pair.ts";
import { deadline } from "../src/index.ts";

const Four = fourWith();
const FourInSession = fourInSession();

const untilAborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve("")));

const ways = transports.flatMap((transport) => [
  [transport, "client"] as const,
  [transport, "server"] as const,
]);

test.each(ways)("end calls of every pattern and in sessions, over %s, on a %s", async (...way) => {
  const [transport, side] = way;
  const set = [deadline({ timeoutMs: 60_000, methods: { "Four.sum": 1_000 } })];
  let running = 0;
  let began = (): void => {};
  const handlers = answering<CallContext>((_, { signal }) => {
    running += 1;
    began();
    return untilAborted(signal).finally(() => {
      running -= 1;
    });
  });
  using clock = fakeClock();
  await using pair = await servicePair({
    transport,
    services: [implement(Four, handlers), implement(FourInSession, () => handlers)],
    interceptors: side === "server" ? set : [],
    client: { interceptors: side === "client" ? set : [] },
  });
  const client = pair.client.client(Four);
  await using session = await pair.client.session(FourInSession);
  for (const caller of [client, session]) {
    for (const pattern of PATTERNS) {
      const begins = new Promise<void>((resolve) => {
        began = resolve;
      });
      const call = callFour(caller, pattern).catch((error: unknown) => error);
      await begins;
      await clock.advance(caller === client && pattern === "sum" ? 1_000 : 60_000);
      expect(await call, pattern).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
      await expect.poll(() => running).toBe(0);
    }
  }
});

test.each(transports)(
  "are inherited by the calls that a handler makes, over %s",
  async (transport) => {
    let outerMs: number | undefined;
    let innerMs: number | undefined;
    const inner = answering(() => {
      innerMs = currentCall()?.remainingMs();
      return "inner";
    });
    await using back = await servicePair({ transport, services: [implement(Four, inner)] });
    const outer = answering<CallContext>((_, { remainingMs }) => {
      outerMs = remainingMs();
      return callFour(back.client.client(Four), "one") as Promise<string>;
    });
    await using front = await servicePair({ transport, services: [implement(Four, outer)] });
    const interceptors = [deadline({ timeoutMs: 60_000 })];
    const client = front.client.client(Four, { interceptors });
    for (const pattern of PATTERNS) {
      expect(await callFour(client, pattern)).toBe("inner");
      expect(outerMs).toBeLessThanOrEqual(60_001);
      expect(innerMs).toBeLessThanOrEqual((outerMs ?? 0) + 1);
      expect(innerMs).toBeGreaterThan(30_000);
    }
  },
);
