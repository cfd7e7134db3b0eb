import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type LapseCause, PeerStore, type PeerStoreOptions } from "../../src/index.ts";

let peers: PeerStore;

function observed(options: PeerStoreOptions = {}): [string, LapseCause][] {
  const lapses: [string, LapseCause][] = [];
  peers = new PeerStore(options);
  peers.onLapse((peer, cause) => lapses.push([peer, cause]));
  return lapses;
}

const inMs = (ms: number) => ({ attributes: {}, expiresAtMs: Date.now() + ms });

afterEach(() => {
  peers.close();
  vi.useRealTimers();
});

describe("listeners of a peer store", () => {
  test("are called when an admission expires, without a lookup", async () => {
    const lapses = observed();
    peers.admit("late", inMs(200));
    peers.admit("early", inMs(50));
    peers.admit("long", inMs(60_000));
    await expect.poll(() => lapses).toEqual([["early", "expired"]]);
    await expect.poll(() => lapses.at(1)).toEqual(["late", "expired"]);
    expect(peers.size).toBe(1);
    await sleep(50);
    expect(lapses).toHaveLength(2);
  });

  test("are called at the end of the longest term", async () => {
    const lapses = observed({ ttlMs: 40 });
    peers.admit("a", { attributes: {} });
    await expect.poll(() => lapses).toEqual([["a", "expired"]]);
  });

  test("are called by the lookup that finds an expired admission, once", () => {
    vi.useFakeTimers();
    const lapses = observed();
    peers.admit("a", inMs(50));
    vi.advanceTimersByTime(50);
    expect(peers.get("a")).toBeUndefined();
    expect(peers.get("a")).toBeUndefined();
    expect(lapses).toEqual([["a", "expired"]]);
  });

  test("are called when an admission is revoked", () => {
    const lapses = observed();
    peers.admit("a", inMs(60_000));
    expect(peers.revoke("a")).toBe(true);
    expect(peers.revoke("a")).toBe(false);
    expect(lapses).toEqual([["a", "revoked"]]);
  });

  test("are called for the peer that a full store drops", () => {
    const lapses = observed({ maxPeers: 2 });
    for (const id of ["a", "b", "c"]) peers.admit(id, { attributes: {} });
    expect(lapses).toEqual([["a", "evicted"]]);
  });

  test("are not called for an admission that another one replaces", async () => {
    const lapses = observed();
    peers.admit("a", inMs(50));
    peers.admit("a", inMs(60_000));
    await sleep(120);
    expect(lapses).toEqual([]);
    expect(peers.get("a")).toBeDefined();
  });

  test("can admit the peer again, and do not stop each other", () => {
    const lapses = observed();
    peers.onLapse(() => {
      throw new Error("broken listener");
    });
    const remove = peers.onLapse((id) => void peers.admit(id, inMs(60_000)));
    peers.admit("a", inMs(60_000));
    peers.revoke("a");
    expect(peers.get("a")).toBeDefined();
    remove();
    peers.revoke("a");
    expect(peers.get("a")).toBeUndefined();
    expect(lapses).toHaveLength(2);
  });

  test("are called when the wall clock passes an expiry, as after a machine has slept", async () => {
    const lapses = observed();
    peers.admit("a", inMs(3_600_000));
    peers.admit("b", { attributes: {} });
    const real = Date.now;
    const dateNow = vi.spyOn(Date, "now").mockImplementation(() => real() + 7_200_000);
    try {
      await vi.waitFor(() => expect(lapses).toEqual([["a", "expired"]]), 3_000);
    } finally {
      dateNow.mockRestore();
    }
    expect(peers.get("b")).toBeDefined();
  });

  test("are not called after the store is closed", async () => {
    const lapses = observed();
    peers.admit("a", inMs(30));
    peers.close();
    await sleep(80);
    expect(lapses).toEqual([]);
    expect(peers.get("a")).toBeUndefined();
  });
});

test("10 000 admissions that end together end in one pass", async () => {
  const lapses = observed();
  for (let at = 0; at < 10_000; at++) peers.admit(`peer ${at}`, inMs(200));
  await vi.waitFor(() => expect(lapses).toHaveLength(10_000), 5_000);
});
