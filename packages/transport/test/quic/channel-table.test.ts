import { expect, test } from "vitest";
import { ChannelTable } from "../../src/quic/channel-table.ts";

interface Entry {
  readonly handle: number;
}

/** Returns pseudo-random numbers below `bound`, the same in every run. */
function numbers(bound: number): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

test("has the entries that a map would have", () => {
  const table = new ChannelTable<Entry>();
  const known = new Map<number, Entry>();
  const next = numbers(300);
  for (let step = 0; step < 20_000; step++) {
    // handles of this side, handles of the peer, and numbers with the same last bits
    const handle = [next(), 2 ** 31 + next(), next() * 4096][step % 3] ?? 0;
    expect(table.has(handle)).toBe(known.has(handle));
    if (known.has(handle)) {
      expect(table.delete(handle)).toBe(true);
      known.delete(handle);
    } else {
      const entry = { handle };
      expect(table.delete(handle)).toBe(false);
      table.add(entry);
      known.set(handle, entry);
    }
    expect(table.size).toBe(known.size);
  }
  expect(known.size).toBeGreaterThan(300);
  for (const [handle, entry] of known) expect(table.get(handle)).toBe(entry);
  expect(new Set(table.list())).toEqual(new Set(known.values()));
});

test("finds long-lived channels among many that come and go", () => {
  const table = new ChannelTable<Entry>();
  const lasting = Array.from({ length: 50 }, (_, index) => ({ handle: index * 3 }));
  for (const channel of lasting) table.add(channel);
  for (let handle = 1000; handle < 20_000; handle++) {
    table.add({ handle });
    if (handle >= 1040) expect(table.delete(handle - 40)).toBe(true);
  }
  for (const channel of lasting) expect(table.get(channel.handle)).toBe(channel);
  expect(table.size).toBe(90);
});
