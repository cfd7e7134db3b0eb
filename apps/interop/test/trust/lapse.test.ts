// Admissions that end while calls run, at servers in processes of their own.
import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type AsterClient, RpcError, StatusCode } from "@aster/rpc";
import { formatRevocationList, rootKeypairOf, signRevocationList } from "@aster/trust";
import { Counter, Testkit } from "@aster-apps/testkit";
import { expect, test } from "vitest";
import { connected } from "../faults/support/control-client.ts";
import { testkitCallWith } from "../faults/support/testkit-server.ts";
import { admit } from "./support/admission.ts";
import { skewed, TestMesh, unlimited } from "./support/mesh.ts";

/** The time in which calls end after the end of an admission. */
const GRACE_MS = 5_000;
const lapsed = { code: StatusCode.UNAUTHENTICATED, details: { reason: "admission.lapsed" } };
const rogue = rootKeypairOf(new Uint8Array(32).fill(9));

/** Reads a stream until it ends; resolves with its error and the time of it. */
async function endOf(client: AsterClient): Promise<{ error: RpcError; at: number }> {
  try {
    for await (const _ of client.client(Testkit).count({ end: 1_000_000, delayMs: 20 })) {
      // the stream runs until the admission ends
    }
  } catch (error) {
    return { error: RpcError.from(error), at: performance.now() };
  }
  throw new Error("the stream ended without an error");
}

test("calls end when the credential expires, and a new one continues on the connection", async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serve(...unlimited);
  const states: string[] = [];
  const validS = 3;
  const credential = await mesh.credential({ expiresIn: `${validS}` });
  const expiredAt = performance.now() + validS * 1_000;
  await using client = await connected(server.address, {
    credential,
    onStateChange: (state) => void states.push(state),
  });
  await using session = await client.session(Counter);
  await session.add({ n: 1 });
  const { error, at } = await endOf(client);
  expect(error).toMatchObject(lapsed);
  expect(at).toBeLessThan(expiredAt + GRACE_MS);
  expect(await session.closed).toMatchObject(lapsed);
  await expect(client.client(Testkit).echo({})).rejects.toMatchObject({
    code: StatusCode.UNAUTHENTICATED,
  });
  const fresh = await mesh.credential({ endpointId: client.node.id });
  expect(await admit(client.node, server.address, fresh)).toBe("admitted");
  expect(await client.client(Testkit).echo({ text: "again" })).toMatchObject({ text: "again" });
  expect(states).toEqual([]);
}, 60_000);

test("calls end when the endpoint is on a new revocation list, and lists of others are ignored", async () => {
  await using mesh = await TestMesh.create();
  const list = mesh.file("revoked.json");
  const write = async (sequence: number, revoked: string[], by = mesh.root) => {
    const signed = await signRevocationList(by.secretKey, { sequence, revoked });
    writeFileSync(`${list}.new`, formatRevocationList(signed));
    renameSync(`${list}.new`, list);
  };
  await write(5, []);
  const server = await mesh.serve("--revocations", list, ...unlimited);
  const client = await connected(server.address, { credential: await mesh.credential() });
  await using _ = client;
  const peer = client.node.id;
  const end = endOf(client);
  let running = true;
  void end.then(() => {
    running = false;
  });
  for (const ignored of [
    () => write(9, [peer], rogue),
    () => write(4, [peer]),
    () => write(5, [peer]),
    () => writeFileSync(list, '{"type":"aster-revocation-list"'),
  ]) {
    await ignored();
    await sleep(1_500);
    expect(running).toBe(true);
  }
  const revokedAt = performance.now();
  await write(6, [peer]);
  const { error, at } = await end;
  expect(error).toMatchObject(lapsed);
  expect(at - revokedAt).toBeLessThan(GRACE_MS);
  expect(await admit(client.node, server.address, await mesh.credential())).toBe("denied");
  await server.eventOf((event) => event.event === "admission" && event.cause === "revoked");
  await write(7, []);
  const again = async () => admit(client.node, server.address, await mesh.credential());
  await expect.poll(again, { timeout: 5_000, interval: 200 }).toBe("admitted");
  expect(await client.client(Testkit).echo({ text: "back" })).toMatchObject({ text: "back" });
}, 60_000);

/** A credential for so many seconds, by the clock of this process. */
const fiveSeconds = 6;
const minute = 60;

test.each<[string, number, number, "admitted" | "denied"]>([
  ["4 s ahead", 4, fiveSeconds, "admitted"],
  ["4 s behind", -4, fiveSeconds, "admitted"],
  ["6 s ahead", 6, fiveSeconds, "denied"],
  ["6 s behind", -6, fiveSeconds, "admitted"],
  ["an hour ahead", 3_600, minute, "denied"],
  ["an hour behind", -3_600, minute, "admitted"],
])(
  "the clock of the server decides: %s (%i s), a credential of %i s is %s",
  async (_, skewS, validS, result) => {
    await using mesh = await TestMesh.create();
    const server = await mesh.serveWithSkew(skewS * 1_000, ...unlimited);
    const node = await mesh.node();
    const present = async () =>
      admit(node, server.address, await mesh.credential({ expiresIn: `${validS}` }));
    // on a busy machine the last second of a credential may be too short
    await expect.poll(present, { timeout: 20_000 }).toBe(result);
    if (result === "denied") {
      await server.eventOf((event) => event.event === "admission" && event.cause === "expired");
    }
  },
  60_000,
);

test("a client is admitted and keeps its deadline whatever its clock shows", async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serve(...unlimited);
  const file = mesh.file("credential");
  writeFileSync(file, await mesh.credential({ expiresIn: `${minute}` }), { mode: 0o600 });
  // a deadline that has passed by more than deadlineSkewMs on arrival is refused at once
  const options = ["--credential", file, "--deadline-ms", "1500", "--expect", "4"];
  const args = ["sleep", "--address", server.address, "--request", '{"ms":60000}', ...options];
  const exits = [4, 6, 3_600, -4, -6, -3_600].map(async (skewS) => {
    await using caller = testkitCallWith(skewed(skewS * 1_000), ...args);
    return await caller.exited;
  });
  expect(await Promise.all(exits)).toEqual([0, 0, 0, 0, 0, 0]);
}, 60_000);

test("a clock that is set back during the run prolongs neither an admission nor a deadline", async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serveWithSkew(0, ...unlimited);
  // a client cannot renew its admission with it
  const credential = await mesh.credential({ expiresIn: "4", oneTime: true });
  const expiredAt = performance.now() + 4_000;
  const client = await connected(server.address, { credential });
  await using _ = client;
  const end = endOf(client);
  const beganAt = performance.now();
  const slow = client.client(Testkit).sleep({ ms: 60_000 }, { timeoutMs: 1_500 });
  server.child.signal("SIGUSR2");
  await expect(slow).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
  expect(performance.now() - beganAt).toBeLessThan(20_000);
  const { error, at } = await end;
  expect(error).toMatchObject(lapsed);
  expect(at).toBeLessThan(expiredAt + GRACE_MS);
}, 60_000);

test("a clock of a client that is set back during a call does not prolong its deadline", async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serve(...unlimited);
  const file = mesh.file("credential");
  writeFileSync(file, await mesh.credential({ expiresIn: `${minute}` }), { mode: 0o600 });
  const options = ["--credential", file, "--trace", "--deadline-ms", "2000", "--expect", "4"];
  const args = ["sleep", "--address", server.address, "--request", '{"ms":60000}', ...options];
  await using caller = testkitCallWith(skewed(0), ...args);
  await caller.line((value): value is object => "event" in (value as object));
  const beganAt = performance.now();
  caller.signal("SIGUSR2");
  expect(await caller.exited).toBe(0);
  expect(performance.now() - beganAt).toBeLessThan(20_000);
}, 60_000);
