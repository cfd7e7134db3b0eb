import { expect, test } from "vitest";
import { LostNeighbors } from "../../src/node/lost-neighbors.ts";
import { FakeClock } from "../support/fake-clock.ts";

const MINUTE_MS = 60_000;

function lostNeighbors() {
  const clock = new FakeClock();
  const synced: string[] = [];
  const lost = new LostNeighbors(clock, async (peer) => {
    synced.push(peer);
    throw new Error("unreachable");
  });
  return { clock, synced, lost };
}

test("returns to a lost neighbor after growing pauses, until it is back", async () => {
  const { clock, synced, lost } = lostNeighbors();
  lost.up("a");
  await clock.advance(MINUTE_MS);
  expect(synced).toEqual([]);
  lost.down("a");
  await clock.advance(2_000);
  expect(synced).toEqual(["a"]);
  await clock.advance(10 * MINUTE_MS);
  expect(synced.length).toBeGreaterThan(10);
  expect(synced.length).toBeLessThan(50);
  const { length } = synced;
  lost.up("a");
  await clock.advance(10 * MINUTE_MS);
  expect(synced).toHaveLength(length);
});

test("tries an expected peer by its address, and takes turns", async () => {
  const { clock, synced, lost } = lostNeighbors();
  lost.expect("a", "address of a");
  lost.down("b");
  lost.down("a");
  await clock.advance(10 * MINUTE_MS);
  expect(synced.slice(0, 4)).toEqual(["b", "address of a", "b", "address of a"]);
});

test("waits longer while there are enough other neighbors", async () => {
  const { clock, synced, lost } = lostNeighbors();
  for (const id of ["a", "b", "c", "d"]) lost.up(id);
  lost.down("a");
  await clock.advance(2 * MINUTE_MS);
  expect(synced).toEqual([]);
  await clock.advance(6 * MINUTE_MS);
  expect(synced).toContain("a");
});

test("remembers the peers that were lost last, and nothing after its end", async () => {
  const { clock, synced, lost } = lostNeighbors();
  for (let number = 0; number < 40; number += 1) lost.down(String(number));
  await clock.advance(60 * MINUTE_MS);
  expect(new Set(synced).size).toBe(16);
  expect(synced).toContain("39");
  lost.end();
  lost.down("41");
  const { length } = synced;
  await clock.advance(60 * MINUTE_MS);
  expect(synced).toHaveLength(length);
});
