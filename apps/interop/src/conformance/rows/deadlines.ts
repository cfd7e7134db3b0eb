import { defineService, implement, serverStream, unary } from "@aster/rpc";
import { conformanceHandlers } from "../handlers.ts";
import { Reply, Request } from "../messages.ts";
import { Observer } from "../observer.ts";
import { type SceneRow, sceneRows } from "../scene-row.ts";
import { Conformance } from "../service.ts";
import type { Stage } from "../stage.ts";
import { texts } from "../steps.ts";

const Relay = defineService(
  "aster.conformance.Relay",
  { version: 1 },
  {
    /** Passes the request on to the unary method of Conformance, as a part of this call. */
    pass: unary(Request, Reply),
    /** The same, to its server stream. */
    passAll: serverStream(Request, Reply),
    /** Passes it on, but not its deadline. */
    passAlone: unary(Request, Reply),
  },
);

const request = { data: texts("x") };
const LONG_MS = 20_000;

/** A relay between a caller and the server that answers. */
async function relayed({ meet, mode }: Stage) {
  const observer = new Observer();
  const services = [implement(Conformance, conformanceHandlers(observer))];
  const behind = await meet({ server: { services } });
  const further = behind.client.client(Conformance, { serialization: mode });
  const front = await meet({
    server: {
      services: [
        implement(Relay, {
          pass: (one) => further.unary(one),
          passAll: (one) => further.serverStream(one),
          passAlone: (one) => further.unary(one, { inheritDeadline: false }),
        }),
      ],
    },
  });
  return {
    remote: front.client.client(Relay, { serialization: mode }),
    observer,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await behind[Symbol.asyncDispose]();
    },
  };
}

const within = (ms: number | undefined) => ms !== undefined && ms > LONG_MS / 2 && ms <= LONG_MS;

/** What is left of a caller's time is all that calls on its behalf have. */
export const deadlineRows: readonly SceneRow[] = sceneRows("deadlines", [
  {
    name: "a call made for another one has no more time",
    async play(stage, findings) {
      await using at = await relayed(stage);
      const reply = await at.remote.pass(request, { timeoutMs: LONG_MS });
      findings.holds(`${reply.remainingMs} ms are within the caller's`, within(reply.remainingMs));
      for await (const one of at.remote.passAll(request, { timeoutMs: LONG_MS })) {
        findings.holds(`${one.remainingMs} ms are within the caller's`, within(one.remainingMs));
      }
    },
  },
  {
    name: "without a deadline there is none to hand on",
    async play(stage, findings) {
      await using at = await relayed(stage);
      findings.same("the time left", (await at.remote.pass(request)).remainingMs, -1);
    },
  },
  {
    name: "a call that is made to be on its own has its own time",
    async play(stage, findings) {
      await using at = await relayed(stage);
      const reply = await at.remote.passAlone(request, { timeoutMs: LONG_MS });
      findings.same("the time left", reply.remainingMs, -1);
    },
  },
  {
    name: "the deadline ends the whole chain",
    async play(stage, findings) {
      await using at = await relayed(stage);
      const slow = { ...request, tag: "chain", delayMs: LONG_MS };
      await findings.fails("the call", () => at.remote.pass(slow, { timeoutMs: 300 }), 4);
      const last = at.observer.of("chain");
      for (let left = 400; left > 0 && !last.ended; left -= 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      findings.same("the last handler", [last.calls, last.aborted, last.ended], [1, true, true]);
    },
  },
]);
