import { AsterServer, type AsterServerOptions, implement, openGate } from "@aster/rpc";
import { Greeter } from "./greeter.ts";

const greeter = implement(Greeter, {
  async sayHello({ name }) {
    return { message: `Hello, ${name}!` };
  },
  async *countdown({ from }) {
    for (let left = from; left >= 0; left--) yield { left };
  },
});

/** Starts the server, which admits everyone. The caller closes it. */
export function startServer(options: Partial<AsterServerOptions> = {}): Promise<AsterServer> {
  return AsterServer.start({ services: [greeter], gate: openGate(), ...options });
}
