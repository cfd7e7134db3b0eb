import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { createNode, type EndpointAddress } from "../src/index.ts";
import { ALPN, type Pair } from "./pair.ts";
import { transportSuite } from "./suite.ts";

async function quicPair(): Promise<Pair> {
  const [client, server] = await Promise.all([
    createNode({ network: "none" }),
    createNode({ network: "none" }),
  ]);
  return {
    client,
    server,
    async close() {
      await Promise.all([client.close(), server.close()]);
    },
  };
}

transportSuite("quic", quicPair);

test("a dial nobody answers can be given up, and runs out of time", async () => {
  const silence = createSocket("udp4").bind(0, "127.0.0.1");
  await once(silence, "listening");
  const { client, server, close } = await quicPair();
  const address: EndpointAddress = {
    endpointId: server.id,
    directAddresses: [`127.0.0.1:${silence.address().port}`],
  };
  const options = { signal: AbortSignal.timeout(100) };
  await expect(client.connect(address, ALPN, options)).rejects.toMatchObject({ code: "closed" });
  const short = { timeoutMs: 200 };
  await expect(client.connect(address, ALPN, short)).rejects.toMatchObject({ code: "timeout" });
  expect(client.stats().connections).toBe(0);
  silence.close();
  await close();
});
