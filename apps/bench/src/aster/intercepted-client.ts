import { auditLog, deadline, metrics } from "@aster/interceptors";
import { AsterClient } from "@aster/rpc";
import type { BenchClient } from "../stack.ts";
import { callTimeoutMs } from "../stack.ts";
import { AsterBenchClient } from "./client.ts";

/** Calls have the default retry of a client, and these interceptors. */
export async function connect(address: string): Promise<BenchClient> {
  const connection = await AsterClient.connect(address, {
    network: "none",
    interceptors: [deadline({ timeoutMs: callTimeoutMs }), metrics(), auditLog({ sink: () => {} })],
  });
  return new AsterBenchClient(connection);
}
