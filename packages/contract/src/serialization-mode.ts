import { ContractError } from "./error.ts";

/** How payloads are written. Names are hashed into the contract as they stand here. */
export const SerializationMode = {
  /** Compact binary, read by every Aster language. */
  XLANG: "xlang",
  /** Binary between peers of one language. */
  NATIVE: "native",
  /** Rows whose fields are read without decoding the rest. */
  ROW: "row",
  /** Text; every server accepts it whether listed or not. */
  JSON: "json",
} as const;

export type SerializationMode = (typeof SerializationMode)[keyof typeof SerializationMode];

const known: ReadonlySet<unknown> = new Set(Object.values(SerializationMode));

/** Checks one mode; `place` begins the error text. */
export function serializationMode(value: unknown, place: string): SerializationMode {
  if (known.has(value)) return value as SerializationMode;
  throw new ContractError(
    "option",
    `${place}: unknown serialization mode ${JSON.stringify(value)}; use ${[...known].join(", ")}`,
  );
}

/** Checks a list of modes, keeping its order; absent or empty means XLANG alone. */
export function serializationModes(value: unknown, place: string): readonly SerializationMode[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const modes = list.map((mode) => serializationMode(mode, place));
  return Object.freeze(modes.length === 0 ? [SerializationMode.XLANG] : [...new Set(modes)]);
}
