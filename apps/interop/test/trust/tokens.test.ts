// One-time tokens at servers in processes of their own (docs/trust.md, "One-time tokens").
import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { SmallDisk } from "../../../../packages/trust/test/support/small-disk.ts";
import { inForm } from "../faults/support/form.ts";
import { admit } from "./support/admission.ts";
import { TestMesh, unlimited } from "./support/mesh.ts";

const LONG = 1_800_000;

test("of 50 presentations at two servers exactly one is admitted, also after a restart", async () => {
  await using mesh = await TestMesh.create();
  const store = ["--one-time-store", mesh.file("tokens"), ...unlimited];
  const servers = await Promise.all([mesh.serve(...store), mesh.serve(...store)]);
  const nodes = await Promise.all(Array.from({ length: 5 }, () => mesh.node()));
  const token = await mesh.credential({ oneTime: true });
  const attempts = nodes.flatMap((node) =>
    servers.flatMap(({ address }) => Array.from({ length: 5 }, () => admit(node, address, token))),
  );
  const results = await Promise.all(attempts);
  expect(results.filter((result) => result === "admitted")).toHaveLength(1);
  expect(results.filter((result) => result === "denied")).toHaveLength(49);

  await servers[0].kill();
  const again = await mesh.serve(...store);
  for (const node of nodes) expect(await admit(node, again.address, token)).toBe("denied");
  for (const name of readdirSync(mesh.file("tokens"))) {
    if (/^[0-9a-f]{64}$/.test(name)) truncateSync(join(mesh.file("tokens"), name));
  }
  for (const node of nodes) expect(await admit(node, again.address, token)).toBe("denied");
}, 60_000);

test(
  "no token is admitted twice across kills of the server",
  async () => {
    await using mesh = await TestMesh.create();
    const store = ["--one-time-store", mesh.file("tokens"), ...unlimited];
    const node = await mesh.node();
    let server = await mesh.serve(...store);
    for (let kill = 0; kill < inForm({ short: 3, long: 50 }); kill += 1) {
      const token = await mesh.credential({ oneTime: true });
      const first = admit(node, server.address, token);
      await sleep(Math.random() * 10);
      await server.kill();
      server = await mesh.serve(...store);
      const results = [await first];
      for (let again = 0; again < 2; again += 1) {
        results.push(await admit(node, server.address, token));
      }
      expect(results.filter((result) => result === "admitted").length).toBeLessThanOrEqual(1);
      expect(results.at(-1)).toBe("denied");
    }
  },
  LONG,
);

describe.runIf(SmallDisk.isAvailable())("a store on a full disk", () => {
  test("denies one-time tokens, and other credentials are admitted", async () => {
    await using mesh = await TestMesh.create();
    using disk = new SmallDisk();
    const server = await mesh.serve("--one-time-store", join(disk.path, "tokens"), ...unlimited);
    const node = await mesh.node();
    const [first, second] = [
      await mesh.credential({ oneTime: true }),
      await mesh.credential({ oneTime: true }),
    ];
    expect(await admit(node, server.address, first)).toBe("admitted");
    disk.fill();
    expect(await admit(node, server.address, second)).toBe("denied");
    expect(await admit(node, server.address, await mesh.credential())).toBe("admitted");
    disk.free();
    expect(await admit(node, server.address, second)).toBe("admitted");
    expect(await admit(node, server.address, second)).toBe("denied");
  }, 60_000);
});
