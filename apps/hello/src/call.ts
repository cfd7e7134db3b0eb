import { AsterClient } from "@aster/rpc";
import { Greeter } from "./greeter.ts";

export interface Greeting {
  readonly message: string;
  /** The time of a call on an open connection. */
  readonly callMs: number;
  /** The time of the first call, with node, connection and admission. */
  readonly totalMs: number;
}

/**
 * Dials `address` and calls `sayHello` twice. The second call is measured on its own, with both
 * sides warm.
 */
export async function greet(address: string, name: string): Promise<Greeting> {
  const started = performance.now();
  await using client = await AsterClient.connect(address);
  const greeter = client.client(Greeter);
  await greeter.sayHello({ name });
  const totalMs = performance.now() - started;
  const called = performance.now();
  const { message } = await greeter.sayHello({ name });
  return { message, callMs: performance.now() - called, totalMs };
}
