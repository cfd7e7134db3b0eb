import { ContractError } from "./error.ts";

/** The encodings of payloads. The contract hashes these names. */
export const SerializationMode = {
  /** A compact binary format that every Aster language reads. */
  XLANG: "xlang",
  /** A binary format between peers of one language. */
  NATIVE: "native",
  /** A binary format whose fields can be read without decoding the rest. */
  ROW: "row",
  /** JSON text. Every server accepts it, even if the service does not list it. */
  JSON: "json",
} as const;

export type SerializationMode = (typeof SerializationMode)[keyof typeof SerializationMode];

const known: ReadonlySet<unknown> = new Set(Object.values(SerializationMode));

/** Returns a valid mode. `place` begins the error text. */
export function serializationMode(value: unknown, place: string): SerializationMode {
  if (known.has(value)) return value as SerializationMode;
  throw new ContractError(
    "option",
    `${place}: unknown serialization mode ${JSON.stringify(value)}; use ${[...known].join(", ")}`,
  );
}

/** Returns valid modes in their order; XLANG if there are none. `place` begins the error text. */
export function serializationModes(value: unknown, place: string): readonly SerializationMode[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const modes = list.map((mode) => serializationMode(mode, place));
  return Object.freeze(modes.length === 0 ? [SerializationMode.XLANG] : [...new Set(modes)]);
}
