import { auditLog, metrics } from "@aster/interceptors";
import { AsterServer, implement, openGate } from "@aster/rpc";
import type { BenchServer } from "../stack.ts";
import { BenchDef } from "./contract.ts";
import { handlers } from "./handlers.ts";

export async function serve(): Promise<BenchServer> {
  const server = await AsterServer.start({
    services: [implement(BenchDef, handlers)],
    network: "none",
    gate: openGate(),
    interceptors: [metrics(), auditLog({ sink: () => {} })],
  });
  return { address: server.address, close: () => server.close() };
}
