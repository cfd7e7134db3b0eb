import { expect, test } from "vitest";
import { BoundedTable } from "../src/bounded-table.ts";

test("replaces idle entries only", () => {
  const idle = new Set<string>();
  const table = new BoundedTable<string>(3, (value) => idle.has(value));
  for (const key of ["a", "b", "c"]) expect(table.add(key, key)).toBe(true);
  expect(table.add("d", "d")).toBe(false);
  idle.add("b");
  expect(table.add("d", "d")).toBe(true);
  expect(["a", "b", "c", "d"].map((key) => table.get(key))).toEqual(["a", undefined, "c", "d"]);
  expect(table.size).toBe(3);
});

test("keys that are deleted make room, in any order", () => {
  const table = new BoundedTable<number>(100, () => false);
  const keys = new Set<number>();
  for (let i = 0; i < 5_000; i++) {
    const key = (i * 7919) % 211;
    if (keys.has(key)) {
      table.delete(`${key}`);
      keys.delete(key);
    } else if (table.add(`${key}`, key)) keys.add(key);
    expect(table.size).toBe(keys.size);
  }
  for (let key = 0; key < 211; key++) {
    expect(table.get(`${key}`)).toBe(keys.has(key) ? key : undefined);
  }
  table.delete("unknown");
});
