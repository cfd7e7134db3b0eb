import { dayOf } from "../bytes/day.ts";
import { decimalPattern, parseDecimal } from "../bytes/decimal-text.ts";
import { float } from "../bytes/float.ts";
import { bigInteger, integer, safeInteger } from "../bytes/integer.ts";
import { integerRanges } from "../bytes/integer-ranges.ts";
import { fail, kindOf } from "../failure.ts";
import type { IntegerKind, ScalarType } from "../schema/field-type.ts";
import { isBytes, isDate } from "../value-kind.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { formatTime, parseMillis, parseTime } from "./iso-time.ts";
import { expected, type JsonOp } from "./json-op.ts";

const integerText = /^-?\d{1,20}$/;
const durationText = /^(-?)(\d{1,19})(?:\.(\d{1,9}))?s$/;

/** Returns the op of a scalar type (docs/fory.md, "JSON"). */
export function jsonScalar(type: ScalarType): JsonOp {
  switch (type.kind) {
    case "bool":
      return {
        write: (value) => String(boolean(value, "value")),
        read: (json) => boolean(json, "data"),
      };
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return { write: writeFloat, read: readFloat };
    case "string":
      return {
        write: (value) => JSON.stringify(text(value, "value")),
        read: (json) => text(json, "data"),
      };
    case "binary":
      return { write: writeBytes, read: (json) => fromBase64(text(json, "data")) };
    case "timestamp":
      return type.as === "bigint" ? bigTime : dateTime;
    case "date":
      return {
        write: (value) => {
          dayOf(value);
          return JSON.stringify(value);
        },
        read: readDate,
      };
    case "duration":
      return { write: writeDuration, read: readDuration };
    case "decimal":
      return {
        write: (value) => {
          parseDecimal(value);
          return JSON.stringify(value);
        },
        read: readDecimal,
      };
    default:
      return type.as === "bigint" ? bigint(!type.kind.includes("uint")) : number(type.kind);
  }
}

/** The error text for a number such as `1e999`, which parsing turned into an infinity. */
export const outOfRange = "a number beyond the range of float64";

/** Returns the text of a finite number. JSON has no others. */
export function writeFloat(value: unknown): string {
  const n = float(value);
  if (!Number.isFinite(n)) throw fail("value", `${n} has no form in JSON`);
  return Object.is(n, -0) ? "-0.0" : String(n);
}

function readFloat(json: unknown): number {
  if (typeof json === "bigint") return Number(json);
  if (typeof json !== "number") throw expected("a number", json);
  if (!Number.isFinite(json)) throw fail("data", outOfRange);
  return json;
}

function boolean(value: unknown, code: "value" | "data"): boolean {
  if (typeof value !== "boolean") throw fail(code, `expected a boolean, got ${kindOf(value)}`);
  return value;
}

function text(value: unknown, code: "value" | "data"): string {
  if (typeof value !== "string") throw fail(code, `expected a string, got ${kindOf(value)}`);
  return value;
}

export function writeBytes(value: unknown): string {
  if (!isBytes(value)) {
    throw fail("value", `expected bytes (Uint8Array), got ${kindOf(value)}`);
  }
  return `"${toBase64(value)}"`;
}

function number(kind: IntegerKind): JsonOp {
  const range = integerRanges[kind];
  const [min, max] = range ?? [
    kind.includes("uint") ? 0 : Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  ];
  return {
    write: (value) => {
      const n = range ? integer(value, kind, min, max) : safeInteger(value);
      if (n < min) throw fail("value", `an integer outside ${kind}`);
      return String(n + 0);
    },
    read(json) {
      const n = typeof json === "string" && integerText.test(json) ? Number(json) : json;
      if (typeof n === "bigint" || (Number.isInteger(n) && !Number.isSafeInteger(n))) {
        throw fail(
          "data",
          "an integer beyond 2^53, which a number cannot hold: use z.int64() for it",
        );
      }
      if (typeof n !== "number" || !Number.isInteger(n))
        throw expected(`an integer (${kind})`, json);
      if (n < min || n > max) throw fail("data", `an integer outside ${kind}`);
      return n + 0;
    },
  };
}

function bigint(signed: boolean): JsonOp {
  return {
    write: (value) => String(bigInteger(value, signed)),
    read(json) {
      let n: bigint;
      if (typeof json === "bigint") n = json;
      else if (typeof json === "number" && Number.isSafeInteger(json)) n = BigInt(json);
      else if (typeof json === "string" && integerText.test(json)) n = BigInt(json);
      else throw expected("an integer of 64 bits", json);
      const fits = signed ? BigInt.asIntN(64, n) : BigInt.asUintN(64, n);
      if (fits !== n) throw fail("data", `an integer outside ${signed ? "int64" : "uint64"}`);
      return n;
    },
  };
}

const dateTime: JsonOp = {
  write(value) {
    if (!isDate(value)) throw fail("value", `expected a Date, got ${kindOf(value)}`);
    if (Number.isNaN(value.getTime()))
      throw fail("value", "expected a valid Date, got an invalid one");
    return `"${value.toISOString()}"`;
  },
  read: (json) => new Date(parseMillis(text(json, "data"))),
};

const bigTime: JsonOp = {
  write(value) {
    if (typeof value !== "bigint") {
      throw fail("value", `expected a bigint of nanoseconds, got ${kindOf(value)}`);
    }
    return `"${formatTime(value)}"`;
  },
  read: (json) => parseTime(text(json, "data")),
};

function readDate(json: unknown): string {
  const day = text(json, "data");
  try {
    dayOf(day);
  } catch {
    throw fail("data", 'expected a date, like "2026-11-21"');
  }
  return day;
}

function writeDuration(value: unknown): string {
  if (typeof value !== "bigint") {
    throw fail("value", `expected a bigint of nanoseconds, got ${kindOf(value)}`);
  }
  const size = value < 0n ? -value : value;
  const nanos = size % 1_000_000_000n;
  const fraction = nanos === 0n ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `"${value < 0n ? "-" : ""}${size / 1_000_000_000n}${fraction}s"`;
}

function readDuration(json: unknown): bigint {
  const parts = durationText.exec(text(json, "data"));
  if (!parts) throw fail("data", 'expected a duration in seconds, like "1.5s"');
  const nanos = BigInt(parts[2] ?? "") * 1_000_000_000n + BigInt((parts[3] ?? "").padEnd(9, "0"));
  return parts[1] === "-" ? -nanos : nanos;
}

function readDecimal(json: unknown): string {
  const value = text(json, "data");
  if (value.length > 2_000 || !decimalPattern.test(value)) {
    throw fail("data", 'expected a decimal number as text, like "-12.50"');
  }
  return value;
}
