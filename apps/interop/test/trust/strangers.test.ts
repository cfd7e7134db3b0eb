// Strangers at a closed gate: bad credentials, guesses, and what they learn.
import { describe, expect, test } from "vitest";
import type { TestkitServer } from "../faults/support/testkit-server.ts";
import { admit, exchange, requestOf } from "./support/admission.ts";
import { TestMesh, unlimited } from "./support/mesh.ts";

/** The requests of strangers, by the cause of their denial. */
async function denials(mesh: TestMesh): Promise<ReadonlyMap<string, string>> {
  await using rogue = await TestMesh.create();
  const good = await mesh.credential();
  const flipped = good.replace(/"signature":"(.)/, (_, digit) => {
    return `"signature":"${digit === "0" ? "1" : "0"}`;
  });
  const { endpointId: _, ...wire } = JSON.parse(good);
  return new Map([
    ["no-credential", requestOf("")],
    ["malformed", requestOf("{")],
    ["malformed request", '{"credential_json":7}'],
    ["wrong-root", requestOf(await rogue.credential())],
    ["structure", requestOf(JSON.stringify({ ...wire, nonce: "09".repeat(32) }))],
    ["signature", requestOf(flipped)],
    ["expired", requestOf(await mesh.credential({ expiresAt: 1_000_000_000 }))],
    ["endpoint", requestOf(await mesh.credential({ endpointId: mesh.root.publicKey }))],
  ]);
}

const causeOf = async (server: TestkitServer) => {
  const { cause } = await server.eventOf(({ event }) => event === "admission");
  return cause;
};

test("receive the same bytes in the same time, whatever the cause", {
  timeout: 120_000,
  retry: 3,
}, async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serve(...unlimited);
  const node = await mesh.node();
  const requests = await denials(mesh);
  const texts = new Set<string>();
  const times = new Map<string, number[]>([...requests.keys()].map((name) => [name, []]));
  for (let round = 0; round < 500 / requests.size + 5; round += 1) {
    for (const [name, request] of requests) {
      const { text, ms } = await exchange(node, server.address, request);
      texts.add(text);
      if (round >= 5) times.get(name)?.push(ms);
      const cause = name === "malformed request" ? "malformed" : name;
      expect(await causeOf(server)).toBe(cause);
    }
  }
  const denial = {
    admitted: false,
    attributes: {},
    services: [],
    registry_namespace: "",
    root_pubkey: mesh.root.publicKey,
    reason: "",
  };
  expect([...texts]).toEqual([JSON.stringify(denial)]);
  // a busy machine adds time, but never takes it away
  const least = [...times.values()].map((all) => Math.min(...all));
  expect(Math.max(...least) - Math.min(...least)).toBeLessThan(1);
});

describe("requests that are cut off, too long or too deep", () => {
  test("are denied at once, and others are admitted", async () => {
    await using mesh = await TestMesh.create();
    const server = await mesh.serve(...unlimited);
    const node = await mesh.node();
    const request = requestOf(await mesh.credential());
    const deep = requestOf(`${"[".repeat(60)}${"]".repeat(60)}`);
    const long = `${request}${" ".repeat(65_537 - request.length)}`;
    const texts = new Set<string>();
    for (let length = 1; length < request.length; length += 7) {
      const { text, ms } = await exchange(node, server.address, request.slice(0, length));
      texts.add(text);
      expect(ms).toBeLessThan(4_000);
    }
    for (const bad of [deep, long]) texts.add((await exchange(node, server.address, bad)).text);
    expect([...texts].map((text) => JSON.parse(text).admitted)).toEqual([false]);
    expect(await admit(node, server.address, await mesh.credential())).toBe("admitted");
  }, 60_000);
});

test("guesses are limited after five a minute, and other peers are admitted", async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serveWith({ ASTER_LOG_LEVEL: "warning", ASTER_LOG_FORMAT: "json" });
  const [guesser, other] = [await mesh.node(), await mesh.node()];
  const causes: unknown[] = [];
  for (let guess = 0; guess < 20; guess += 1) {
    expect(await admit(guesser, server.address, await mesh.credential({ expiresAt: 1 }))).toBe(
      "denied",
    );
    causes.push(await causeOf(server));
  }
  expect(causes.slice(0, 5)).toEqual(Array(5).fill("expired"));
  expect(causes.slice(6)).toEqual(Array(14).fill("rate-limited"));
  expect(await admit(guesser, server.address, await mesh.credential())).toBe("denied");
  expect(await admit(other, server.address, await mesh.credential())).toBe("admitted");
  // once per burst
  expect(server.child.errors.match(/too many denied admissions/g)).toHaveLength(1);
}, 60_000);
