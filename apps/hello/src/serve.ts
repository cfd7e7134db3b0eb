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

/** Starts the server. The caller closes it. */
export function startGreeter(): Promise<AsterServer> {
  // the explicit open gate admits everyone without a warning
  return AsterServer.start({ services: [greeter], gate: openGate() });
}
