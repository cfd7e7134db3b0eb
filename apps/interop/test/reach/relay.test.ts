// Calls through a relay between two networks without a route: docs/reliability.md.
import { expect, it } from "vitest";
import { lanSuite } from "./support/lan-suite.ts";
import type { PeerProcess } from "./support/peer-process.ts";
import { HIDDEN } from "./support/reach-service.ts";
import { RelayedLans } from "./support/relayed-lans.ts";

/** Both sides try direct paths again and again. */
const UPGRADE_MS = 60_000;

interface Connected {
  readonly alice: PeerProcess;
  readonly bob: PeerProcess;
}

/** Serves on alice and connects bob, who knows her id and the relay. */
async function connect(networks: RelayedLans): Promise<Connected> {
  const network = { relays: [networks.url] };
  const [alice, bob] = [networks.start("alice"), networks.start("bob")];
  const { id } = await alice.ask("serve", { network });
  const address = { endpointId: id, relayUrl: networks.url, directAddresses: [] };
  await bob.ask("connect", { address, network });
  return { alice, bob };
}

async function selectedPath(bob: PeerProcess): Promise<string> {
  const selected = (await bob.ask("paths", null)).find((path) => path.selected);
  if (selected === undefined) return "none";
  return selected.relayed ? "relayed" : (selected.address.split(":")[0] ?? "");
}

async function expectMoreItems(bob: PeerProcess): Promise<void> {
  const before = await bob.ask("counted", null);
  await expect
    .poll(async () => (await bob.ask("counted", null)).items, { timeout: UPGRADE_MS })
    .toBeGreaterThan(before.items + 10);
  expect(await bob.ask("counted", null)).toMatchObject({ inOrder: true, ended: null });
}

function expectOneConnectionEach({ connected, disconnections }: RelayedLans): void {
  expect(connected).toHaveLength(2);
  expect(new Set(connected).size).toBe(2);
  expect(disconnections).toBe(0);
}

lanSuite("a relay between networks", () => {
  it("carries calls, one connection per node; a stream moves to a direct path and back", async () => {
    await using networks = await RelayedLans.open();
    const { bob } = await connect(networks);
    expect(await bob.ask("whisper", "over the relay")).toBe("over the relay");
    expect(await selectedPath(bob)).toBe("relayed");
    await bob.ask("count", { everyMs: 20, bytes: 100 });
    await expectMoreItems(bob);
    expectOneConnectionEach(networks);
    await networks.route(true);
    const alice = networks.lans.address("alice", "left");
    await expect.poll(() => selectedPath(bob), { timeout: UPGRADE_MS }).toBe(alice);
    await expectMoreItems(bob);
    await networks.route(false);
    await expect.poll(() => selectedPath(bob), { timeout: UPGRADE_MS }).toBe("relayed");
    await expectMoreItems(bob);
    expect(await bob.ask("whisper", "again")).toBe("again");
    expectOneConnectionEach(networks);
  });

  it("reads nothing: neither texts nor names are in any packet, relayed or direct", async () => {
    await using networks = await RelayedLans.open();
    await networks.lans.capture();
    const { bob } = await connect(networks);
    const secrets = ["the first confidential sentence", "the second confidential sentence"];
    for (let round = 0; round < 20; round += 1) await bob.ask("whisper", secrets[0] ?? "");
    await networks.route(true);
    await expect.poll(() => selectedPath(bob), { timeout: UPGRADE_MS }).not.toBe("relayed");
    for (let round = 0; round < 20; round += 1) await bob.ask("whisper", secrets[1] ?? "");
    // the request to the relay itself is not encrypted: it shows that the capture works
    const visible = "GET /relay";
    const { found, packets } = await networks.lans.find([visible, ...HIDDEN, ...secrets]);
    expect(packets).toBeGreaterThan(80);
    expect(found[0]).toBeGreaterThan(0);
    expect(found.slice(1)).toEqual([...HIDDEN, ...secrets].map(() => 0));
  });
});
