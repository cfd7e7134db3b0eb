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

/** An entry that counts how often the table looks at it. */
class Counted implements Entry {
  static looks = 0;
  readonly #handle: number;

  constructor(handle: number) {
    this.#handle = handle;
  }

  get handle(): number {
    Counted.looks += 1;
    return this.#handle;
  }
}

// the peer chooses which of its consecutive handles last
test.each<[string, (index: number) => number]>([
  ["consecutive", (index) => 1 + index],
  ["every 64th", (index) => (1 + index * 64) % 2 ** 31],
  ["all with the same last bits", (index) => (index * 2 ** 17 + 5) % 2 ** 32],
])("needs few probes beside 10 000 lasting channels whose handles are %s", (_, handleOf) => {
  const table = new ChannelTable<Entry>();
  const lasting = new Set<number>();
  for (let index = 0; index < 10_000; index++) lasting.add(handleOf(index));
  for (const handle of lasting) table.add(new Counted(handle));
  Counted.looks = 0;
  let handle = 0;
  let short = 0;
  for (; short < 40_000; handle++) {
    // the counter of handles has wrapped and passes the lasting ones
    if (table.has(handle)) continue;
    table.add(new Counted(handle));
    expect(table.get(handle)).toBeDefined();
    expect(table.delete(handle)).toBe(true);
    short++;
  }
  expect(Counted.looks / short).toBeLessThan(16);
});

test("removes many channels, oldest first, in linear time and shrinks", () => {
  const table = new ChannelTable<Entry>();
  const count = 200_000;
  for (let handle = 1; handle <= count; handle++) table.add(new Counted(handle));
  expect(table.capacity).toBeGreaterThanOrEqual(2 * count);
  Counted.looks = 0;
  for (let handle = 1; handle <= count; handle++) table.delete(handle);
  expect(Counted.looks / count).toBeLessThan(16);
  expect(table.size).toBe(0);
  expect(table.capacity).toBe(64);
});

test("returns the channel that had the handle of a new one", () => {
  const table = new ChannelTable<Entry>();
  const [old, renewed] = [{ handle: 7 }, { handle: 7 }];
  expect(table.add(old)).toBeUndefined();
  expect(table.add(renewed)).toBe(old);
  expect(table.size).toBe(1);
  expect(table.get(7)).toBe(renewed);
});
