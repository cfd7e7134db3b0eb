// Two hosts of one network find each other by their ids alone.
import { expect, it } from "vitest";
import { lanSuite } from "./support/lan-suite.ts";
import { Lans } from "./support/lans.ts";
import { PeerProcess } from "./support/peer-process.ts";

lanSuite("local discovery", () => {
  it("finds a peer of the same network by its id, and none of another network", async () => {
    await using lans = await Lans.open({ alice: ["here"], bob: ["here"], eve: ["there"] });
    const start = (host: string) => new PeerProcess((...command) => lans.run(host, ...command));
    await using alice = start("alice");
    await using bob = start("bob");
    await using eve = start("eve");
    const ways = { network: "none", localDiscovery: true } as const;
    const { id } = await alice.ask("serve", ways);
    await bob.ask("connect", { address: id, ...ways });
    expect(await bob.ask("whisper", "hello")).toBe("hello");
    const [path] = await bob.ask("paths", null);
    expect(path?.address).toContain(`${lans.address("alice", "here")}:`);
    await expect(eve.ask("connect", { address: id, ...ways })).rejects.toThrow("UNAVAILABLE");
  });
});
