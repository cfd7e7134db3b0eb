import { defineService, implement, serverStream, unary } from "@aster/rpc";
import { type ScriptRow, scriptRows } from "../row-kinds/script-row.ts";
import { texts } from "../row-kinds/step.ts";
import { conformanceHandlers } from "../service/call-handlers.ts";
import { Conformance } from "../service/definitions.ts";
import { Reply, Request } from "../service/messages.ts";
import { Observer } from "../service/observer.ts";
import type { Testbed } from "../targets/testbed.ts";

const Relay = defineService(
  "aster.conformance.Relay",
  { version: 1 },
  {
    /** Passes the request on to the unary method of Conformance, with this call's deadline. */
    pass: unary(Request, Reply),
    /** Passes the request on to the server stream of Conformance. */
    passAll: serverStream(Request, Reply),
    /** Passes the request on without this call's deadline. */
    passAlone: unary(Request, Reply),
  },
);

const request = { data: texts("x") };
const LONG_MS = 20_000;

/** Starts a relay between a caller and the server that answers. */
async function relayed({ connect, mode }: Testbed) {
  const observer = new Observer();
  const services = [implement(Conformance, conformanceHandlers(observer))];
  const behind = await connect({ server: { services } });
  const further = behind.client.client(Conformance, { serialization: mode });
  const front = await connect({
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

/** Calls that a handler makes inherit the deadline of the call that it serves. */
export const deadlineRows: readonly ScriptRow[] = scriptRows("deadlines", [
  {
    name: "a call made for another one has no more time",
    async run(testbed, findings) {
      await using relay = await relayed(testbed);
      const reply = await relay.remote.pass(request, { timeoutMs: LONG_MS });
      findings.holds(`${reply.remainingMs} ms are within the caller's`, within(reply.remainingMs));
      for await (const one of relay.remote.passAll(request, { timeoutMs: LONG_MS })) {
        findings.holds(`${one.remainingMs} ms are within the caller's`, within(one.remainingMs));
      }
    },
  },
  {
    name: "without a deadline there is none to hand on",
    async run(testbed, findings) {
      await using relay = await relayed(testbed);
      findings.same("the time left", (await relay.remote.pass(request)).remainingMs, -1);
    },
  },
  {
    name: "a call that is made to be on its own has its own time",
    async run(testbed, findings) {
      await using relay = await relayed(testbed);
      const reply = await relay.remote.passAlone(request, { timeoutMs: LONG_MS });
      findings.same("the time left", reply.remainingMs, -1);
    },
  },
  {
    name: "the deadline ends the whole chain",
    async run(testbed, findings) {
      await using relay = await relayed(testbed);
      const slow = { ...request, tag: "chain", delayMs: LONG_MS };
      await findings.fails("the call", () => relay.remote.pass(slow, { timeoutMs: 300 }), 4);
      const last = relay.observer.of("chain");
      for (let left = 400; left > 0 && !last.ended; left -= 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      findings.same("the last handler", [last.calls, last.aborted, last.ended], [1, true, true]);
    },
  },
]);
