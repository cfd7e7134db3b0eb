// The relay of `aster relay`, used by nodes that may not use direct paths.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type Channel, type ChannelSink, createNode, type Node } from "@aster/transport";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { Relay, type RelayEvent } from "../src/relay/relay.ts";
import { emptyPlace } from "./support/aster.ts";

const ALPN = "relay/1";
const relayMode = process.env.ASTER_RELAY_MODE;
const opened: AsyncDisposable[] = [];

beforeEach(() => {
  delete process.env.ASTER_RELAY_MODE;
});

afterEach(async () => {
  if (relayMode !== undefined) process.env.ASTER_RELAY_MODE = relayMode;
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

interface Started {
  readonly relay: Relay;
  readonly events: RelayEvent[];
}

async function startRelay(): Promise<Started> {
  const events: RelayEvent[] = [];
  const relay = await Relay.start("127.0.0.1", 0, (event) => events.push(event));
  opened.push(relay);
  return { relay, events };
}

/** Opens a node that uses the relay only. Resolves when it is connected to the relay. */
async function relayedNode({ url }: Relay): Promise<Node> {
  const node = await createNode({ network: { relays: [url] }, paths: "relayed" });
  opened.push(node);
  await expect.poll(() => node.address().relayUrl).toBe(`${url}/`);
  return node;
}

const quiet: ChannelSink = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };

function echo(channel: Channel): void {
  channel.read({ ...quiet, frame: (flags, payload) => void channel.send(flags, payload, true) });
}

test("passes datagrams on, over one connection of each node, and reports these", async () => {
  const { relay, events } = await startRelay();
  const server = await relayedNode(relay);
  const client = await relayedNode(relay);
  const accepted = server.accept([ALPN]);
  const address = { endpointId: server.id, relayUrl: relay.url, directAddresses: [] };
  for (let round = 1; round <= 3; round += 1) {
    const next = accepted.next();
    const connection = await client.connect(address, ALPN);
    (await next).value.accept(echo);
    const answered = new Promise<number>((resolve) => {
      const frame: ChannelSink["frame"] = (_, payload) => resolve(payload.length);
      connection.open({ ...quiet, frame }).send(0, new Uint8Array(20_000), true);
    });
    expect(await answered).toBe(20_000);
    const { paths = [] } = connection.stats();
    expect(paths).toMatchObject([{ address: `${relay.url}/`, relayed: true, selected: true }]);
  }
  expect(relay.stats().datagrams).toBeGreaterThan(60);
  const connected = { event: "connected" };
  expect(events).toEqual([
    { ...connected, endpointId: server.id, connections: 1 },
    { ...connected, endpointId: client.id, connections: 2 },
  ]);
  await client.close();
  const left = { event: "disconnected", endpointId: client.id, connections: 1 };
  await expect.poll(() => events.at(-1)).toEqual(left);
});

test("closes the connection of a node that does not prove its id", async () => {
  const { relay, events } = await startRelay();
  const socket = new WebSocket(`${relay.url.replace("http", "ws")}/relay`, ["iroh-relay-v2"]);
  const [challenge] = (await once(socket, "message")) as [Buffer];
  expect([challenge[0], challenge.length]).toEqual([0, 17]);
  const answer = Buffer.alloc(98);
  answer[0] = 1;
  answer[33] = 64;
  socket.send(answer);
  await once(socket, "close");
  expect(events).toEqual([]);
});

test("answers the probes of nodes", async () => {
  const { relay } = await startRelay();
  expect((await fetch(`${relay.url}/ping`)).status).toBe(200);
  const headers = { "X-Iroh-Challenge": "abc_1.2" };
  const probe = await fetch(`${relay.url}/generate_204`, { headers });
  expect([probe.status, probe.headers.get("x-iroh-response")]).toEqual([204, "response abc_1.2"]);
  expect((await fetch(relay.url)).status).toBe(404);
});

test("the command refuses an address that is not one, or is in use", async () => {
  await using place = await emptyPlace();
  const wrong = await place.aster("relay --bind localhost:1");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("takes ip:port")]);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const busy = await place.aster(`relay --bind 127.0.0.1:${port}`);
  expect([busy.code, busy.stderr]).toEqual([2, expect.stringContaining("EADDRINUSE")]);
  taken.close();
}, 120_000);
