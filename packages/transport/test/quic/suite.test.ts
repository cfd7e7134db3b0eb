import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import type { EndpointAddress } from "../../src/index.ts";
import { loopbackPair } from "../../src/testing.ts";
import { transportSuite } from "../suite/suite.ts";
import { ALPN } from "../support/pair.ts";

transportSuite("quic", loopbackPair);

test("a dial without an answer can be aborted, and times out", async () => {
  const silence = createSocket("udp4").bind(0, "127.0.0.1");
  await once(silence, "listening");
  await using pair = await loopbackPair();
  const { client, server } = pair;
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
});
