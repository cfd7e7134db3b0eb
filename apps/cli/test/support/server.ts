// A server with the services of the examples, on loopback.
import {
  AsterConfig,
  AsterServer,
  type AsterServerOptions,
  currentCall,
  implement,
  openGate,
  RpcError,
  StatusCode,
} from "@aster/rpc";
import { Counter, Greeter } from "../examples/greeter.ts";

const greet = (name: string) => ({ message: `Hello, ${name}!`, letterCount: name.length });

const greeter = implement(Greeter, {
  sayHello({ name }, context) {
    if (name === "ghost") throw context.error("Unknown", { name });
    if (name === "late") throw new RpcError(StatusCode.RESOURCE_EXHAUSTED, "come back later");
    if (name === "metadata") return greet(currentCall()?.metadata.get("who") ?? "none");
    return greet(name);
  },
  async *countdown({ start }, { signal }) {
    for (let left = start; left >= 0; left--) {
      if (left > 1_000_000) await new Promise((resolve) => setTimeout(resolve, 10));
      signal.throwIfAborted();
      yield { left };
    }
  },
  async add(steps) {
    let total = 0;
    for await (const { left } of steps) total += left;
    return { steps: total };
  },
  async *greetAll(hellos) {
    for await (const { name } of hellos) yield greet(name);
  },
});

const counter = implement(Counter, () => {
  let total = 0;
  const add = (left: number) => {
    if (left < 0) throw new RpcError(StatusCode.OUT_OF_RANGE, "only forward");
    total += left;
    return { steps: total };
  };
  return {
    add: ({ left }) => add(left),
    async sum(steps) {
      for await (const { left } of steps) add(left);
      return { steps: total };
    },
    async *each(steps) {
      for await (const { left } of steps) yield add(left);
    },
  };
});

/** Starts the server. The caller closes it. */
export function startExamples(options: AsterServerOptions | object = {}): Promise<AsterServer> {
  const gate = "rootPubkey" in options ? {} : { gate: openGate() };
  return AsterServer.start({
    services: [greeter, counter],
    ...gate,
    config: AsterConfig.of({}),
    identity: false,
    network: "none",
    bindAddress: "127.0.0.1:0",
    ...options,
  });
}
