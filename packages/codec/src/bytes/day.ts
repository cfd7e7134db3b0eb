import { fail } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { scratch, scratchBytes } from "./float.ts";
import { putVarint64, readVarint64 } from "./varint.ts";

const dayMs = 86_400_000;
/** The days 0001-01-01 and 9999-12-31, counted from 1970. */
const firstDay = -719_162;
const lastDay = 2_932_896;
const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Returns the days since 1970-01-01 of a date as text. */
export function dayOf(value: unknown): number {
  const parts = typeof value === "string" ? pattern.exec(value) : null;
  const day = parts && Date.parse(`${parts[0]}T00:00:00Z`) / dayMs;
  if (day === null || Number.isNaN(day) || day < firstDay || textOf(day) !== value) {
    throw fail("value", 'expected a date as text, like "2026-11-21"');
  }
  return day;
}

/** Returns the text of a day from year 0001 to 9999. */
function dateText(day: number): string {
  if (day < firstDay || day > lastDay) throw fail("data", "a date outside the years 1 to 9999");
  return textOf(day);
}

function textOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Writes days as int32, the form of profile A (docs/fory.md, "Time"). */
export function writeDate(w: ByteWriter, value: unknown): void {
  scratch.setInt32(0, dayOf(value), true);
  w.putBytes(scratchBytes.subarray(0, 4));
}

export function readDate(r: ByteReader): string {
  const start = r.take(4);
  scratchBytes.set(r.bytes.subarray(start, start + 4));
  return dateText(scratch.getInt32(0, true));
}

/** Writes days as varint64, the form of profile B. */
export function writeShortDate(w: ByteWriter, value: unknown): void {
  w.pos = putVarint64(w.room(w.pos, 9), w.pos, dayOf(value));
}

export function readShortDate(r: ByteReader): string {
  return dateText(readVarint64(r));
}
