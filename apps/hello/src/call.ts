import { AsterClient } from "@aster/rpc";
import { Greeter } from "./greeter.ts";

export interface Greeting {
  readonly message: string;
  /** From the call until its answer, on a connection that is open already. */
  readonly callMs: number;
  /** From nothing until the answer: node, connection, admission, call. */
  readonly totalMs: number;
}

/** Dials `address`, says hello twice and takes the time of the second, when both sides are warm. */
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
