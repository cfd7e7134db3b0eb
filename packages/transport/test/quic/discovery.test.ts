// Discovery through own servers: two nodes that know each other's ids and nothing else.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNode, type Network, type Node, type NodeOptions } from "../../src/index.ts";
import { DiscoveryServer, published } from "../support/discovery-server.ts";

const ALPN = "discovery/1";
const ORIGIN = "aster.test";
const opened: AsyncDisposable[] = [];
const relayMode = process.env.ASTER_RELAY_MODE;

beforeEach(() => {
  delete process.env.ASTER_RELAY_MODE;
});

afterEach(async () => {
  process.env.ASTER_RELAY_MODE = relayMode;
  if (relayMode === undefined) delete process.env.ASTER_RELAY_MODE;
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function open(network: Network): Promise<Node> {
  const node = await createNode({ bindAddress: "127.0.0.1:0", portMapping: false, network });
  opened.push(node);
  return node;
}

async function discovery(): Promise<DiscoveryServer> {
  const server = await DiscoveryServer.start(ORIGIN);
  opened.push(server);
  return server;
}

async function expectFound(client: Node, server: Node): Promise<void> {
  const incoming = server.accept([ALPN]);
  const accepted = incoming.next();
  const connection = await client.connect(server.id, ALPN, { timeoutMs: 15_000 });
  expect(connection.peer).toBe(server.id);
  expect((await accepted).value.peer).toBe(client.id);
  await incoming.return?.();
}

test("a node finds another one by its id through a pkarr server", async () => {
  const all = await discovery();
  const { url: pkarr } = all;
  const server = await open({ pkarr });
  const client = await open({ pkarr });
  const [direct = ""] = server.address().directAddresses;
  await expect.poll(() => published(all, server.id)).toContain(`addr=${direct}`);
  await expectFound(client, server);
});

test("a node finds another one by its id in DNS, which is asked below the given domain", async () => {
  const all = await discovery();
  const { url: pkarr } = all;
  const server = await open({ pkarr });
  const client = await open({ dnsOrigin: ORIGIN, nameserver: all.nameserver });
  await expect.poll(() => published(all, server.id)).not.toEqual([]);
  await expectFound(client, server);
  const [name = ""] = all.asked;
  expect(name).toMatch(new RegExp(`^_iroh\\.[a-z0-9]{52}\\.${ORIGIN}$`));
});

test("a node without discovery does not find a peer by its id, and publishes nothing", async () => {
  const all = await discovery();
  const { url: pkarr } = all;
  const server = await open({ pkarr });
  await expect.poll(() => published(all, server.id)).not.toEqual([]);
  const stranger = await open("none");
  await expect(stranger.connect(server.id, ALPN, { timeoutMs: 5_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:address|connect)$/),
  });
  expect(published(all, stranger.id)).toEqual([]);
});

test("ASTER_RELAY_MODE=disabled turns own discovery off", async () => {
  process.env.ASTER_RELAY_MODE = "disabled";
  const all = await discovery();
  const { url: pkarr } = all;
  const server = await open({ pkarr });
  const client = await open({ pkarr });
  await expect(client.connect(server.id, ALPN, { timeoutMs: 5_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:address|connect)$/),
  });
  expect(all.records.size).toBe(0);
});

test.each<[unknown, string]>([
  [{}, "option network must be an object with relays, pkarr or dnsOrigin"],
  [null, "option network must be"],
  [{ relays: "https://relay.example" }, "option network.relays must be a list"],
  [{ relays: ["relay.example"] }, "option network.relays must be http or https URLs"],
  [
    { pkarr: "dns.example" },
    'option network.pkarr must be an http or https URL, got "dns.example"',
  ],
  [{ dnsOrigin: "" }, "option network.dnsOrigin must be a domain"],
  [{ dnsOrigin: "a..b" }, "option network.dnsOrigin must be a domain"],
  [{ dnsOrigin: "dns.example", nameserver: "localhost:53" }, "option network.nameserver must be"],
  [{ relays: [], nameserver: "127.0.0.1:53" }, "network.nameserver needs network.dnsOrigin"],
])("refuses the network %j", async (network, text) => {
  await expect(createNode({ network } as NodeOptions)).rejects.toMatchObject({
    code: "option",
    message: expect.stringContaining(text),
  });
});
