import { expect, test } from "vitest";
import { Slots, type Slotted } from "../src/slots.ts";

test("has the items that a set would have", () => {
  const slots = new Slots<Slotted>();
  const known = new Set<Slotted>();
  const items: Slotted[] = Array.from({ length: 40 }, () => ({ slot: -1 }));
  for (let step = 0; step < 5_000; step++) {
    const item = items[(step * 7 + (step >> 3)) % items.length] as Slotted;
    if (known.delete(item)) slots.delete(item);
    else {
      slots.delete(item);
      slots.add(item);
      known.add(item);
    }
    expect(slots.size).toBe(known.size);
    if (step % 100 === 0) expect(new Set(slots.list())).toEqual(known);
  }
  for (const item of slots.list()) slots.delete(item);
  expect(slots.size).toBe(0);
  expect(items.every(({ slot }) => slot === -1)).toBe(true);
});
