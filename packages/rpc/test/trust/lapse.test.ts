// The end of an admission: its calls and sessions end, the connection stays.
import { type AdmissionGate, type RpcError, StatusCode } from "@aster/rpc";
import {
  fakeClock,
  type ServicePair,
  type ServicePairOptions,
  servicePair,
} from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { collect, failure } from "../support/outcomes.ts";
import { Journal, Probe, probe } from "../support/probe.ts";
import { Tally, tally } from "../support/session-probe.ts";

const VALID_MS = 3_000;
/** The time in which calls end after the end of an admission. */
const GRACE_MS = 5_000;

/** A gate that can be opened and closed. */
class Door {
  admits = true;
  admissions = 0;
  validMs: number = Number.POSITIVE_INFINITY;
  readonly gate: AdmissionGate = {
    open: false,
    admit: () => {
      if (!this.admits) return { admitted: false, reason: "closed" };
      this.admissions += 1;
      return { admitted: true, attributes: {}, expiresAtMs: Date.now() + this.validMs };
    },
  };
}

interface Setup {
  readonly transport: "memory" | "quic";
  readonly door: Door;
  readonly journal?: Journal;
  readonly client?: ServicePairOptions["client"];
}

function open({ transport, door, journal, client }: Setup): Promise<ServicePair> {
  const services = [probe(journal), tally(journal)];
  return servicePair({ transport, gate: door.gate, services, client });
}

interface Ending {
  readonly error: RpcError;
  readonly at: number;
}

async function endOf(call: Promise<unknown>): Promise<Ending> {
  const error = await failure(call);
  return { error, at: performance.now() };
}

async function* oneOf<T>(first: T): AsyncGenerator<T> {
  yield first;
  await new Promise(() => {});
}

/** Starts a call of each pattern, and sessions with and without a call. */
async function running({ client }: ServicePair, journal: Journal): Promise<Promise<Ending>[]> {
  const remote = client.client(Probe);
  const ends = [
    endOf(remote.sleep({ n: 60_000 })),
    endOf(collect(remote.endless({ n: 20 }))),
    endOf(remote.sum(oneOf({ n: 1 }))),
    endOf(collect(remote.chat(oneOf({ text: "a" })))),
  ];
  for (const line of ["sleep", "endless", "sum", "chat"]) await journal.wrote(`${line} began`);
  const [busy, streaming, idle] = [
    await client.session(Tally),
    await client.session(Tally),
    await client.session(Tally),
  ];
  await idle.add({ n: 1 });
  ends.push(endOf(busy.sleep({ n: 60_000 })));
  ends.push(endOf(collect(streaming.endless({ n: 20 }))));
  ends.push(endOf(idle.closed.then((reason) => Promise.reject(reason))));
  return ends;
}

const lapsed = { code: StatusCode.UNAUTHENTICATED, details: { reason: "admission.lapsed" } };

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("calls and sessions end when the admission expires, and the connection stays", async () => {
    const [door, journal, states] = [new Door(), new Journal(), [] as string[]];
    door.validMs = VALID_MS;
    const client = { onStateChange: (state: string) => void states.push(state) };
    await using pair = await open({ transport, door, journal, client });
    const expiresAt = performance.now() + VALID_MS;
    const ends = await running(pair, journal);
    door.admits = false;
    for (const { error, at } of await Promise.all(ends)) {
      expect(error).toMatchObject(lapsed);
      expect(at).toBeGreaterThan(expiresAt - 500);
      expect(at).toBeLessThan(expiresAt + GRACE_MS);
    }
    for (const line of ["sleep", "endless", "sum", "chat"]) await journal.wrote(`${line} over`);
    await expect
      .poll(() => pair.server.stats(), { timeout: 5_000 })
      .toMatchObject({ calls: 0, sessions: 0 });
    const remote = pair.client.client(Probe);
    expect(await failure(remote.echo({ text: "a" }))).toMatchObject(lapsed);
    // a refused call makes the client request admission again
    door.admits = true;
    door.validMs = 60_000;
    const echoed = async () => (await remote.echo({ text: "a" }).catch(() => undefined))?.text;
    await expect.poll(echoed, { timeout: 5_000, interval: 100 }).toBe("a");
    expect(await (await pair.client.session(Tally)).add({ n: 2 })).toMatchObject({ n: 2 });
    expect(states).toEqual([]);
  }, 20_000);

  test("calls and sessions end when the server ends the admission", async () => {
    const [door, journal] = [new Door(), new Journal()];
    await using pair = await open({ transport, door, journal });
    const ends = await running(pair, journal);
    door.admits = false;
    const endedAt = performance.now();
    const peer = pair.client.node.id;
    expect([pair.server.revoke(peer), pair.server.revoke(peer)]).toEqual([true, false]);
    for (const { error, at } of await Promise.all(ends)) {
      expect(error).toMatchObject(lapsed);
      expect(at).toBeLessThan(endedAt + GRACE_MS);
    }
    expect(await failure(pair.client.client(Probe).echo({}))).toMatchObject(lapsed);
  }, 20_000);

  test("connections of a peer that is not admitted again are closed after a minute", async () => {
    using clock = fakeClock();
    const [door, states] = [new Door(), [] as string[]];
    const client = { onStateChange: (state: string) => void states.push(state) };
    await using pair = await open({ transport, door, client });
    const peer = pair.client.node.id;
    pair.server.revoke(peer);
    // the peer is admitted again in time
    expect(await failure(pair.client.client(Probe).echo({}))).toMatchObject(lapsed);
    await expect.poll(() => door.admissions, { timeout: 5_000 }).toBe(2);
    await clock.advance(60_000);
    expect(states).toEqual([]);
    pair.server.revoke(peer);
    await clock.advance(59_000);
    expect(states).toEqual([]);
    await clock.advance(1_000);
    await expect.poll(() => states, { timeout: 5_000 }).toEqual(["disconnected"]);
  });

  test("a client renews its admission in time, and its calls go on", async () => {
    const [door, states] = [new Door(), [] as string[]];
    door.validMs = VALID_MS;
    const client = {
      credential: () => JSON.stringify({ expires_at: (Date.now() + VALID_MS) / 1_000 }),
      onStateChange: (state: string) => void states.push(state),
    };
    await using pair = await open({ transport, door, client });
    const until = performance.now() + 2.5 * VALID_MS;
    for await (const _ of pair.client.client(Probe).endless({ n: 20 })) {
      if (performance.now() > until) break;
    }
    expect(door.admissions).toBeGreaterThanOrEqual(3);
    expect(door.admissions).toBeLessThan(10);
    expect(states).toEqual([]);
  }, 20_000);
});

test("a closed server holds no admissions", async () => {
  const pair = await servicePair({ services: [probe()] });
  const peer = pair.client.node.id;
  await pair[Symbol.asyncDispose]();
  expect(pair.server.revoke(peer)).toBe(false);
});
