import { AsterClient, implement } from "@aster/rpc";
import type { ClientState } from "@aster/rpc/client";
import { Testkit } from "@aster-apps/testkit";
import { PushSource } from "../client/push-source.ts";
import { type ScriptRow, scriptRows } from "../row-kinds/script-row.ts";
import { texts } from "../row-kinds/step.ts";
import { conformanceHandlers } from "../service/call-handlers.ts";
import { Conformance } from "../service/definitions.ts";
import type { RequestFields } from "../service/messages.ts";
import { Observer } from "../service/observer.ts";
import { StoppableServer } from "../targets/stoppable-server.ts";
import type { ConnectedPairOptions, Testbed } from "../targets/testbed.ts";

const quic = { transport: ["quic"] } as const;
const request = { data: texts("x") };

const hosting = () => ({
  services: [implement(Conformance, conformanceHandlers(new Observer()))],
  // one client runs as many calls as a connection may have
  limits: { maxCallsPerPeer: 1280 },
});

async function connected(
  { mode, connect }: Testbed,
  options: Omit<ConnectedPairOptions, "server"> = {},
) {
  const states: ClientState[] = [];
  const client = { ...options.client, onStateChange: (state: ClientState) => states.push(state) };
  const pair = await connect({ ...options, server: hosting(), client });
  return { pair, states, remote: pair.client.client(Conformance, { serialization: mode }) };
}

const IDLE_MS = 1000;

async function connectTo(
  { address }: StoppableServer,
  onStateChange: (state: ClientState) => void = () => {},
): Promise<AsterClient> {
  const options = { network: "none", idleTimeoutMs: IDLE_MS } as const;
  return await AsterClient.connect(address, { node: options, onStateChange });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the condition holds, for a few seconds at most. */
async function until(condition: () => boolean): Promise<void> {
  for (let left = 1000; left > 0 && !condition(); left -= 1) await pause(5);
}

/** The gRPC cases about channels that close, reconnect and fill up. */
export const lifecycleRows: readonly ScriptRow[] = scriptRows("lifecycle", [
  {
    name: "goaway: the server drains between two calls, and the caller does not notice",
    async run(testbed, findings) {
      const { pair, states, remote } = await connected(testbed);
      await using _ = pair;
      findings.same("call 1", (await remote.unary(request)).items, 1);
      findings.holds("nothing was left to wait for", await pair.server.drain());
      await until(() => states.length > 0);
      const next = await pair.replace(hosting());
      findings.same("call 2", (await remote.unary(request)).items, 1);
      findings.same("the states", states, ["disconnected", "connecting", "connected"]);
      findings.same("calls of the new server", next.stats().callsTotal, 1);
    },
  },
  {
    name: "goaway: what runs goes on, what is new is refused, what comes later goes to the new server",
    async run(testbed, findings) {
      const { pair, remote } = await connected(testbed);
      await using _ = pair;
      const source = new PushSource<RequestFields>();
      const running = remote.clientStream(source);
      source.push(request);
      await until(() => pair.server.stats().calls > 0);
      const drained = pair.server.drain();
      const details = { reason: "draining" };
      await findings.fails(
        "a call of a server that drains",
        () => remote.unary(request, { retry: false }),
        14,
        details,
      );
      source.push(request);
      source.end();
      findings.same("the call under way", (await running).items, 2);
      findings.holds("the drain left nothing behind", await drained);
      await pair.replace(hosting());
      findings.same("the call after that", (await remote.unary(request)).items, 1);
    },
  },
  {
    name: "long_lived_channel: idle for longer than three keep-alives and the idle timeout",
    only: quic,
    async run(testbed, findings) {
      const { pair, states, remote } = await connected(testbed, {
        node: { idleTimeoutMs: 1000, keepAliveMs: 200 },
      });
      await using _ = pair;
      await remote.unary(request);
      await pause(2500);
      findings.same("the call after the pause", (await remote.unary(request)).items, 1);
      findings.same("the states", states, []);
    },
  },
  {
    name: "long_lived_channel: lost while idle, and found again by the next call",
    only: { ...quic, mode: "xlang" },
    async run(_, findings) {
      await using server = await StoppableServer.start(IDLE_MS);
      const states: ClientState[] = [];
      await using client = await connectTo(server, (state) => states.push(state));
      const remote = client.client(Testkit);
      await remote.echo({ text: "before" });
      server.stop();
      await until(() => states.length > 0);
      findings.same("the states after the pause", states, ["disconnected"]);
      server.resume();
      findings.same("the call after it", (await remote.echo({ text: "after" })).text, "after");
      findings.same("the states", states, ["disconnected", "connecting", "connected"]);
    },
  },
  {
    name: "ping: a call that is silent for longer than the idle timeout goes on",
    only: quic,
    async run(testbed, findings) {
      const { pair, states, remote } = await connected(testbed, {
        node: { idleTimeoutMs: 1000, keepAliveMs: 200 },
      });
      await using _ = pair;
      const reply = await remote.unary({ ...request, delayMs: 2500 });
      findings.same("the call", reply.items, 1);
      findings.same("the states", states, []);
    },
  },
  {
    name: "ping: a peer that answers none is lost after the idle timeout, by both sides",
    only: { ...quic, mode: "xlang" },
    async run(_, findings) {
      await using server = await StoppableServer.start(IDLE_MS);
      await using client = await connectTo(server);
      const remote = client.client(Testkit);
      const call = remote.sleep({ ms: 20_000 }, { retry: false });
      await remote.echo({});
      server.stop();
      const started = performance.now();
      await findings.fails("the call", () => call, 14);
      const ms = Math.round(performance.now() - started);
      findings.holds(`${ms} ms are about ${IDLE_MS}`, ms > IDLE_MS / 2 && ms < 8 * IDLE_MS);
      server.resume();
      findings.same("the call that the server gave up", await server.aborted(), "sleep");
    },
  },
  {
    name: "max_streams: one at a time, ten calls at once",
    only: quic,
    async run(testbed, findings) {
      const { pair, remote } = await connected(testbed, { node: { maxChannels: 1 } });
      await using _ = pair;
      const peak = peakOf(() => pair.server.stats().calls);
      const plan = { ...request, delayMs: 20 };
      const replies = await Promise.all(Array.from({ length: 10 }, () => remote.unary(plan)));
      findings.same("replies", replies.length, 10);
      findings.same("calls at a time, at most", peak(), 1);
    },
  },
  {
    name: "connection_scaling: fifty more calls than streams",
    async run(testbed, findings) {
      const streams = testbed.transport === "quic" ? 64 : 1280;
      const { pair, remote } = await connected(testbed, { node: { maxChannels: streams } });
      await using _ = pair;
      const peak = peakOf(() => pair.server.stats().calls);
      const plan = { ...request, delayMs: 50 };
      const replies = await Promise.all(
        Array.from({ length: streams + 50 }, () => remote.unary(plan)),
      );
      findings.same("replies", replies.length, streams + 50);
      findings.holds(`${peak()} calls at a time are ${streams} at most`, peak() <= streams);
      findings.holds("calls run at once", peak() > 1);
    },
  },
]);

/** Samples a count every few milliseconds; the returned function stops and returns the peak. */
function peakOf(count: () => number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, count());
  }, 2);
  // ends with the program when a call fails
  timer.unref();
  return () => {
    clearInterval(timer);
    return peak;
  };
}
