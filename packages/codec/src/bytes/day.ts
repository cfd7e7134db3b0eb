import { fail } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { scratch, scratchBytes } from "./float.ts";
import { putVarint64, readVarint64 } from "./varint.ts";

/** The days 0001-01-01 and 9999-12-31, counted from 1970. */
const firstDay = -719_162;
const lastDay = 2_932_896;
/** Days from 0000-03-01, where the years of the formulas begin, to 1970-01-01. */
const epochDays = 719_468;
/** Days of 400 years, after which the Gregorian calendar repeats. */
const cycleDays = 146_097;
const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Returns the days since 1970-01-01 of a date as text. */
export function dayOf(value: unknown): number {
  const parts = typeof value === "string" ? pattern.exec(value) : null;
  if (parts) {
    const day = daysTo(Number(parts[1]), Number(parts[2]), Number(parts[3]));
    if (day >= firstDay && day <= lastDay && textOf(day) === value) return day;
  }
  throw fail("value", 'expected a date as text, like "2026-11-21"');
}

/** Returns the text of a day from year 0001 to 9999. */
export function dateText(day: number): string {
  if (day < firstDay || day > lastDay) throw fail("data", "a date outside the years 1 to 9999");
  return textOf(day);
}

/** Returns the day of a date of the Gregorian calendar. Months and days may be out of range. */
function daysTo(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leaps + ofYear - epochDays;
}

function textOf(day: number): string {
  const fromStart = day + epochDays;
  const cycle = Math.floor(fromStart / cycleDays);
  const ofCycle = fromStart - cycle * cycleDays;
  const year = Math.floor(
    (ofCycle -
      Math.floor(ofCycle / 1_460) +
      Math.floor(ofCycle / 36_524) -
      Math.floor(ofCycle / 146_096)) /
      365,
  );
  const ofYear = ofCycle - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const y = year + cycle * 400 + (month > 9 ? 1 : 0);
  const m = month > 9 ? month - 9 : month + 3;
  const d = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  return `${y < 1_000 ? String(y).padStart(4, "0") : y}-${m < 10 ? "0" : ""}${m}-${d < 10 ? "0" : ""}${d}`;
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
