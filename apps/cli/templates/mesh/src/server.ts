import { join } from "node:path";
import { AsterServer, type AsterServerOptions, implement } from "@aster/rpc";
import { readRootPubkey } from "@aster/trust/files";
import { Sensors } from "./sensors.ts";

/** Returns the service over the readings of one server. */
function sensors(): object {
  let count = 0;
  return implement(Sensors, {
    read() {
      count += 1;
      return { celsius: 20 + Math.sin(count), count };
    },
    reset() {
      const cleared = count;
      count = 0;
      return { cleared };
    },
  });
}

/** Starts a server that admits the nodes of the root key in `keys`. The caller closes it. */
export async function startServer(
  keys: string,
  options: Partial<AsterServerOptions> = {},
): Promise<AsterServer> {
  return await AsterServer.start({
    services: [sensors()],
    rootPubkey: await readRootPubkey(join(keys, "root.pub")),
    identity: join(keys, "server.identity"),
    registry: {},
    ...options,
  });
}
