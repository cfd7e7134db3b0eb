import { AsterServer, implement } from "@aster/rpc";
import { credentialGate } from "@aster/trust";
import type { BenchServer } from "../stack.ts";
import { ClosedBenchDef } from "./contract.ts";
import { handlers } from "./handlers.ts";
import { root } from "./root.ts";

export async function serve(): Promise<BenchServer> {
  const server = await AsterServer.start({
    services: [implement(ClosedBenchDef, handlers)],
    network: "none",
    gate: credentialGate({ rootPubkey: root.publicKey }),
  });
  return { address: server.address, close: () => server.close() };
}
