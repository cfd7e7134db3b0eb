import { expect, test } from "vitest";
import { isoTime } from "../src/iso-time.ts";

test.each([
  0, 1, 999, 999.9, 1000, 1_800_000_000_007, 1_800_000_000_070, 1_800_000_000_700.4, 8.64e15, -1,
])("formats %d as Date does", (epochMs) => {
  expect(isoTime(epochMs)).toBe(new Date(epochMs).toISOString());
  expect(isoTime(epochMs)).toBe(new Date(epochMs).toISOString());
});
