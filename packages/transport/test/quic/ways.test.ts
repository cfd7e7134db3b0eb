// The ways of a node to its peers: paths, port mapping, proxies and local discovery.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";
import { createNode, type Node, type NodeOptions } from "../../src/index.ts";

const opened: (Node | Server)[] = [];
const variables = { ...process.env };

afterEach(async () => {
  for (const one of opened.splice(0)) {
    if (typeof (one as Node).connect === "function") await (one as Node).close();
    else (one as Server).close();
  }
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
});

async function open(options: NodeOptions): Promise<Node> {
  const node = await createNode(options);
  opened.push(node);
  return node;
}

test.each<NodeOptions>([
  { paths: "direct", network: "none" },
  { portMapping: false, network: "none" },
  { portMapping: true, network: "none", bindAddress: "127.0.0.1:0" },
  { network: "staging" },
])("opens a node with %j", async (options) => {
  const node = await open(options);
  expect(node.address().endpointId).toBe(node.id);
});

test.each<[Record<string, unknown>, string]>([
  [{ paths: "fast" }, 'option paths must be "any", "direct" or "relayed", got "fast"'],
  [{ paths: "relayed", network: "none" }, '"relayed" cannot be used with network "none"'],
  [{ paths: "relayed" }, '"relayed" cannot be used with network "none"'],
  [{ portMapping: 1 }, "option portMapping must be a boolean, got 1"],
  [{ localDiscovery: "yes" }, 'option localDiscovery must be a boolean, got "yes"'],
  [{ network: "fast" }, 'option network must be "n0", "staging", "none" or { relays }'],
])("refuses %j", async (options, text) => {
  await expect(createNode(options as NodeOptions)).rejects.toMatchObject({
    code: "option",
    message: expect.stringContaining(text),
  });
});

test("refuses a proxy that is not a URL, and does not repeat its password", async () => {
  const error: Error = await createNode({ proxy: "socks://user:canary@x" }).then(
    () => new Error("opened"),
    (reason) => reason,
  );
  expect(error.message).toContain('option proxy must be an http or https URL or "environment"');
  expect(error.message).not.toContain("canary");
});

describe("a proxy", () => {
  /** A proxy that refuses everything. `asked` resolves with the first host that is asked for. */
  async function proxy(): Promise<{ url: string; asked: Promise<string> }> {
    const server = createServer();
    opened.push(server);
    const asked = new Promise<string>((resolve) => {
      server.on("connect", (request, socket) => {
        resolve(request.url ?? "");
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  test.each(["option", "environment"])("from the %s leads to relays", async (from) => {
    delete process.env.ASTER_RELAY_MODE;
    const { url, asked } = await proxy();
    if (from === "environment") process.env.HTTP_PROXY = url;
    const network = { relays: ["https://relay.example"] };
    await open({ network, proxy: from === "option" ? url : "environment", portMapping: false });
    expect(await asked).toBe("relay.example:443");
  });
});

test("local discovery finds a peer by its id, over multicast", async () => {
  const server = await open({ network: "none", localDiscovery: true });
  const client = await open({ network: "none", localDiscovery: true });
  const incoming = server.accept(["ways/1"]);
  const accepted = incoming.next();
  const connection = await client.connect(server.id, "ways/1", { timeoutMs: 15_000 });
  expect(connection.peer).toBe(server.id);
  expect((await accepted).value.peer).toBe(client.id);
  await incoming.return?.();
  const alone = await open({ network: "none" });
  await expect(alone.connect(server.id, "ways/1", { timeoutMs: 5_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:address|connect)$/),
  });
});
