import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { usageFailure } from "./failure.ts";

/**
 * Starts a server on 127.0.0.1 and returns its port; 0 stands for a free one. Throws a failure for
 * a port that cannot be used.
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw usageFailure(
      `port ${port} cannot be used: ${(error as Error).message}`,
      "choose another",
    );
  }
  return (server.address() as AddressInfo).port;
}
