import { AsterClient, type ClientState, implement } from "@aster/rpc";
import { Testkit } from "../../service.ts";
import { conformanceHandlers } from "../handlers.ts";
import type { RequestFields } from "../messages.ts";
import { Observer } from "../observer.ts";
import { PushSource } from "../push-source.ts";
import { type SceneRow, sceneRows } from "../scene-row.ts";
import { Conformance } from "../service.ts";
import type { MeetingOptions, Stage } from "../stage.ts";
import { texts } from "../steps.ts";
import { StoppableServer } from "../stoppable-server.ts";

const quic = { transport: ["quic"] } as const;
const request = { data: texts("x") };

const hosting = () => ({ services: [implement(Conformance, conformanceHandlers(new Observer()))] });

async function met({ mode, meet }: Stage, options: Omit<MeetingOptions, "server"> = {}) {
  const states: ClientState[] = [];
  const client = { ...options.client, onStateChange: (state: ClientState) => states.push(state) };
  const meeting = await meet({ ...options, server: hosting(), client });
  return { meeting, states, remote: meeting.client.client(Conformance, { serialization: mode }) };
}

const IDLE_MS = 1000;

async function toStoppable(
  { address }: StoppableServer,
  onStateChange: (state: ClientState) => void = () => {},
): Promise<AsterClient> {
  const options = { network: "none", idleTimeoutMs: IDLE_MS } as const;
  return await AsterClient.connect(address, { node: options, onStateChange });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something has come to notice, for some seconds. */
async function heard(condition: () => boolean): Promise<void> {
  for (let left = 1000; left > 0 && !condition(); left -= 1) await pause(5);
}

/** gRPC's cases of channels that come, go and fill up. */
export const lifecycleRows: readonly SceneRow[] = sceneRows("lifecycle", [
  {
    name: "goaway: the server drains between two calls, and the caller does not notice",
    async play(stage, findings) {
      const { meeting, states, remote } = await met(stage);
      await using at = meeting;
      findings.same("call 1", (await remote.unary(request)).items, 1);
      findings.holds("nothing was left to wait for", await at.server.drain());
      await heard(() => states.length > 0);
      const next = await at.replace(hosting());
      findings.same("call 2", (await remote.unary(request)).items, 1);
      findings.same("the states", states, ["disconnected", "connecting", "connected"]);
      findings.same("calls of the new server", next.stats().callsTotal, 1);
    },
  },
  {
    name: "goaway: what runs goes on, what is new is refused, what comes later goes to the new server",
    async play(stage, findings) {
      const { meeting, remote } = await met(stage);
      await using at = meeting;
      const source = new PushSource<RequestFields>();
      const running = remote.clientStream(source);
      source.push(request);
      await heard(() => at.server.stats().calls > 0);
      const drained = at.server.drain();
      const details = { reason: "draining" };
      await findings.fails(
        "a call of a server that drains",
        () => remote.unary(request),
        14,
        details,
      );
      source.push(request);
      source.end();
      findings.same("the call under way", (await running).items, 2);
      findings.holds("the drain left nothing behind", await drained);
      await at.replace(hosting());
      findings.same("the call after that", (await remote.unary(request)).items, 1);
    },
  },
  {
    name: "long_lived_channel: idle for longer than three keep-alives and the idle timeout",
    only: quic,
    async play(stage, findings) {
      const { meeting, states, remote } = await met(stage, {
        node: { idleTimeoutMs: 1000, keepAliveMs: 200 },
      });
      await using _ = meeting;
      await remote.unary(request);
      await pause(2500);
      findings.same("the call after the pause", (await remote.unary(request)).items, 1);
      findings.same("the states", states, []);
    },
  },
  {
    name: "long_lived_channel: lost while idle, and found again by the next call",
    only: { ...quic, mode: "xlang" },
    async play(_, findings) {
      await using server = await StoppableServer.start(IDLE_MS);
      const states: ClientState[] = [];
      await using client = await toStoppable(server, (state) => states.push(state));
      const remote = client.client(Testkit);
      await remote.echo({ text: "before" });
      server.stop();
      await heard(() => states.length > 0);
      findings.same("the states after the pause", states, ["disconnected"]);
      server.goOn();
      findings.same("the call after it", (await remote.echo({ text: "after" })).text, "after");
      findings.same("the states", states, ["disconnected", "connecting", "connected"]);
    },
  },
  {
    name: "ping: a call that is silent for longer than the idle timeout goes on",
    only: quic,
    async play(stage, findings) {
      const { meeting, states, remote } = await met(stage, {
        node: { idleTimeoutMs: 1000, keepAliveMs: 200 },
      });
      await using _ = meeting;
      const reply = await remote.unary({ ...request, delayMs: 2500 });
      findings.same("the call", reply.items, 1);
      findings.same("the states", states, []);
    },
  },
  {
    name: "ping: a peer that answers none is lost after the idle timeout, by both sides",
    only: { ...quic, mode: "xlang" },
    async play(_, findings) {
      await using server = await StoppableServer.start(IDLE_MS);
      await using client = await toStoppable(server);
      const remote = client.client(Testkit);
      const call = remote.sleep({ ms: 20_000 });
      await remote.echo({});
      server.stop();
      const started = performance.now();
      await findings.fails("the call", () => call, 14);
      const ms = Math.round(performance.now() - started);
      findings.holds(`${ms} ms are about ${IDLE_MS}`, ms > IDLE_MS / 2 && ms < 8 * IDLE_MS);
      server.goOn();
      findings.same("the call that the server gave up", await server.aborted(), "sleep");
    },
  },
  {
    name: "max_streams: one at a time, ten calls at once",
    only: quic,
    async play(stage, findings) {
      const { meeting, remote } = await met(stage, { node: { maxChannels: 1 } });
      await using at = meeting;
      const peak = peakOf(() => at.server.stats().calls);
      const plan = { ...request, delayMs: 20 };
      const replies = await Promise.all(Array.from({ length: 10 }, () => remote.unary(plan)));
      findings.same("replies", replies.length, 10);
      findings.same("calls at a time, at most", peak(), 1);
    },
  },
  {
    name: "connection_scaling: fifty more calls than streams",
    async play(stage, findings) {
      const streams = stage.transport === "quic" ? 64 : 1280;
      const { meeting, remote } = await met(stage, { node: { maxChannels: streams } });
      await using at = meeting;
      const peak = peakOf(() => at.server.stats().calls);
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

/** Looks every few milliseconds; ends when it is asked. */
function peakOf(count: () => number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, count());
  }, 2);
  return () => {
    clearInterval(timer);
    return peak;
  };
}
