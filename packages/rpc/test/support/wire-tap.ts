// A tap between two peers: passes UDP datagrams on and keeps a copy of each.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export interface WireTap extends AsyncDisposable {
  /** The address to dial instead of the server's. */
  readonly address: string;
  /** The datagrams of both directions, in order. */
  readonly datagrams: readonly Buffer[];
}

async function bound(type: "udp4" | "udp6"): Promise<Socket> {
  const socket = createSocket(type).bind(0, type === "udp4" ? "127.0.0.1" : "::1");
  await once(socket, "listening");
  return socket;
}

/**
 * A tap before a server on `[::1]:port`, for one client on 127.0.0.1. The two have no address
 * family in common, so they cannot find the direct path that they would otherwise use.
 */
export async function wireTap(server: string): Promise<WireTap> {
  const port = Number(server.slice(server.lastIndexOf(":") + 1));
  const [front, back] = [await bound("udp4"), await bound("udp6")];
  const datagrams: Buffer[] = [];
  let client: { address: string; port: number } | undefined;
  front.on("message", (datagram, from) => {
    client = from;
    datagrams.push(Buffer.from(datagram));
    back.send(datagram, port, "::1");
  });
  back.on("message", (datagram) => {
    datagrams.push(Buffer.from(datagram));
    if (client !== undefined) front.send(datagram, client.port, client.address);
  });
  return {
    address: `127.0.0.1:${front.address().port}`,
    datagrams,
    async [Symbol.asyncDispose]() {
      front.close();
      back.close();
    },
  };
}
