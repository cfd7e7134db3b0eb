import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import type { BenchServer } from "../stack.ts";
import { router } from "./router.ts";

export async function serve(): Promise<BenchServer> {
  const sockets = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  applyWSSHandler({ wss: sockets, router });
  await once(sockets, "listening");
  const { port } = sockets.address() as AddressInfo;
  return { address: `ws://127.0.0.1:${port}`, close: async () => sockets.close() };
}
