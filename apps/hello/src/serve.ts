import { AsterServer, implement, openGate } from "@aster/rpc";
import { Greeter } from "./greeter.ts";

const greeter = implement(Greeter, {
  async sayHello({ name }) {
    return { message: `Hello, ${name}!` };
  },
  async *countdown({ from }) {
    for (let left = from; left >= 0; left--) yield { left };
  },
});

/** Opens the server; the caller closes it. */
export function startGreeter(): Promise<AsterServer> {
  // everyone may say hello; said outright, so that the server does not warn
  return AsterServer.start({ services: [greeter], gate: openGate() });
}
