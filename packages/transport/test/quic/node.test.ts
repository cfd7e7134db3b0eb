import { afterEach, describe, expect, test } from "vitest";
import {
  createNode,
  endpointIdOf,
  generateSecretKey,
  type Node,
  type NodeOptions,
} from "../../src/index.ts";
import { call } from "../support/calls.ts";
import { ALPN } from "../support/pair.ts";

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

async function open(options: NodeOptions = {}): Promise<Node> {
  const node = await createNode(options);
  nodes.push(node);
  return node;
}

describe("nodes over QUIC", () => {
  test("have the id of their key", async () => {
    const secretKey = generateSecretKey();
    const node = await open({ secretKey });
    expect(node.id).toBe(endpointIdOf(secretKey));
    expect(node.id).toMatch(/^[0-9a-f]{64}$/);
    // RFC 8032, 7.1, test 1
    const known = Buffer.from(
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "hex",
    );
    expect(endpointIdOf(known)).toBe(
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
  });

  test("bind the given address and report it", async () => {
    const node = await open({ bindAddress: "127.0.0.1:0" });
    const [address = ""] = node.address().directAddresses;
    expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    await expect(createNode({ bindAddress: address })).rejects.toMatchObject({ code: "bind" });
  });

  test("bound to IPv6 alone has addresses that can be dialed", async () => {
    const node = await open({ bindAddress: "[::]:0", network: "none" });
    node.accept([ALPN]);
    const { directAddresses } = node.address();
    expect(directAddresses.length).toBeGreaterThan(0);
    for (const address of directAddresses) expect(address).toMatch(/^\[[0-9a-f:.]+\]:[1-9]\d*$/);
    expect(directAddresses.join()).not.toContain("[::]");
    const client = await open({ bindAddress: "[::]:0", network: "none" });
    const connection = await client.connect(node.address(), ALPN, { timeoutMs: 5_000 });
    expect(connection.peer).toBe(node.id);
  });

  test("that cannot bind say which option is wrong and what to do", async () => {
    await expect(createNode({ bindAddress: "192.0.2.1:0" })).rejects.toMatchObject({
      code: "bind",
      message: expect.stringMatching(
        /^option bindAddress: cannot bind 192\.0\.2\.1:0; use an address of this machine/,
      ),
    });
  });

  const relays = ["https://relay.example.com", "relay.example.com"];
  test.each<[NodeOptions, string]>([
    [{ secretKey: new Uint8Array(31) }, "option secretKey must be 32 bytes, got 31"],
    [
      { bindAddress: "somewhere" },
      'option bindAddress must be ip:port or [ipv6]:port, got "somewhere"',
    ],
    [
      { idleTimeoutMs: 10 },
      "option idleTimeoutMs must be a whole number from 1000 to 2147483647, got 10",
    ],
    [
      { keepAliveMs: Number.NaN },
      "option keepAliveMs must be a whole number from 1 to 2147483647, got NaN",
    ],
    [
      { bindAddress: "localhost:0" },
      'option bindAddress must be ip:port or [ipv6]:port, got "localhost:0"',
    ],
    [{ bindAddress: ":99999" }, 'option bindAddress must be ip:port or [ipv6]:port, got ":99999"'],
    [
      { protocols: ["gossip", "h3" as "docs"] },
      'option protocols must be a list of "blobs", "docs" and "gossip", got "gossip,h3"',
    ],
    [{ maxChannels: 0 }, "option maxChannels must be a whole number from 1 to 65536, got 0"],
    [
      { network: { relays } },
      'option network.relays must be http or https URLs, got "relay.example.com"',
    ],
  ])("refuse %j as an option", async (options, message) => {
    await expect(createNode(options)).rejects.toMatchObject({
      name: "TransportError",
      code: "option",
      message,
    });
  });

  test("fail every operation after close, and hold nothing open", async () => {
    const [client, server] = [await open(), await open()];
    const accepted = server.accept([ALPN]);
    const connection = await client.connect(server.address(), ALPN);
    const waiting = call(connection, new Uint8Array(1)).catch((error: unknown) => error);
    const hanging = client.connect(server.address(), ALPN).catch((error: unknown) => error);
    await Promise.all([client.close(), client.close()]);
    expect(await waiting).toMatchObject({ code: "closed" });
    await hanging;
    await expect(call(connection, new Uint8Array(1))).rejects.toMatchObject({ code: "closed" });
    await expect(client.connect(server.address(), ALPN)).rejects.toMatchObject({ code: "closed" });
    expect(() => client.accept([ALPN])).toThrow(expect.objectContaining({ code: "closed" }));
    expect(client.stats()).toEqual({
      connections: 0,
      refused: 0,
      channels: 0,
      queuedBytes: 0,
      nativeHandles: 0,
      sentBytes: 0,
      receivedBytes: 0,
    });
    await accepted.return?.();
  });

  test("dial for the given time, even if it is longer than the idle timeout", async () => {
    const client = await open({ idleTimeoutMs: 1_000 });
    const server = await open();
    const address = server.address();
    await server.close();
    const before = performance.now();
    const dial = client.connect(address, ALPN, { timeoutMs: 2_500 });
    await expect(dial).rejects.toThrow(/did not answer within 2500 ms/);
    expect(performance.now() - before).toBeGreaterThanOrEqual(2_490);
  });

  test("distinguish a wrong protocol, a peer that does not answer and an unknown address", async () => {
    const [client, server] = [await open(), await open()];
    const wrong = client.connect(server.address(), "unheard-of");
    await expect(wrong).rejects.toMatchObject({ code: "connect" });
    await expect(wrong).rejects.toThrow(/does not accept this protocol/);
    const address = server.address();
    await server.close();
    const silent = client.connect(address, ALPN, { timeoutMs: 200 });
    await expect(silent).rejects.toMatchObject({ code: "timeout" });
    await expect(silent).rejects.toThrow(/200 ms; check that it runs.*no firewall blocks UDP/);
    const nowhere = endpointIdOf(generateSecretKey());
    const lost = client.connect(nowhere, ALPN);
    await expect(lost).rejects.toMatchObject({ code: "connect" });
    await expect(lost).rejects.toThrow(/no address of this peer is known/);
  });
});
