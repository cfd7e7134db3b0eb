// A registry with replicas on three hosts, in networks that are cut and joined again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lanSuite } from "./support/lan-suite.ts";
import { Lans } from "./support/lans.ts";
import { PeerProcess } from "./support/peer-process.ts";
import { Reach } from "./support/reach-service.ts";

const NETWORK = { network: "none" } as const;
/** Beyond the idle timeout of nodes, so that their connections are lost. */
const CUT_MS = 20_000;
const HEALED_MS = 90_000;

lanSuite("a registry on three hosts", () => {
  it("gets what the other part has published when the networks are joined again", async () => {
    await using lans = await Lans.open({
      alice: ["lan"],
      bob: ["lan"],
      carol: ["lan"],
      island: ["island"],
    });
    const start = (host: string) => new PeerProcess((...command) => lans.run(host, ...command));
    await using alice = start("alice");
    await using bob = start("bob");
    await using carol = start("carol");
    const { address, writerTicket } = await alice.ask("registry", NETWORK);
    await bob.ask("registry", { join: address, ...NETWORK });
    await carol.ask("registry", { join: writerTicket ?? "", ...NETWORK });
    await lans.plug("carol", "lan", "island");
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    await carol.ask("publish", null);
    expect(await bob.ask("services", null)).toEqual([]);
    await lans.plug("carol", "lan", "lan");
    const services = () => bob.ask("services", null);
    await expect.poll(services, { timeout: HEALED_MS }).toEqual([Reach.name]);
    expect(await bob.ask("resolve", 10_000)).toHaveLength(1);
  });

  it("knows the services of a publisher that is gone, also after a restart from the store", async () => {
    const storage = await mkdtemp(join(tmpdir(), "aster-replica-"));
    try {
      await using lans = await Lans.open({ alice: ["lan"], bob: ["lan"], carol: ["lan"] });
      const start = (host: string) => new PeerProcess((...command) => lans.run(host, ...command));
      await using alice = start("alice");
      const { address } = await alice.ask("registry", NETWORK);
      await alice.ask("publish", null);
      const replica = { join: address, storage, ...NETWORK };
      {
        await using bob = start("bob");
        const { address: bobs } = await bob.ask("registry", replica);
        expect(await bob.ask("resolve", 10_000)).toHaveLength(1);
        await using carol = start("carol");
        await carol.ready();
        await alice.kill();
        await carol.ask("registry", { join: bobs, ...NETWORK });
        expect(await carol.ask("resolve", 10_000)).toHaveLength(1);
      }
      await using bob = start("bob");
      await bob.ask("registry", { ...replica, timeoutMs: 1_000 });
      expect(await bob.ask("services", null)).toEqual([Reach.name]);
    } finally {
      await rm(storage, { recursive: true });
    }
  });
});
