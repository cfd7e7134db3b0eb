import { AsterClient } from "@aster/rpc";
import { formatCredential, signCredential } from "@aster/trust";
import type { BenchClient } from "../stack.ts";
import { AsterBenchClient } from "./client.ts";
import { BENCH_ROLE, ClosedBenchDef } from "./contract.ts";
import { root } from "./root.ts";

export async function connect(address: string): Promise<BenchClient> {
  const signed = await signCredential(root.secretKey, { roles: [BENCH_ROLE] });
  const credential = formatCredential(signed);
  const connection = await AsterClient.connect(address, { network: "none", credential });
  return new AsterBenchClient(connection, ClosedBenchDef);
}
