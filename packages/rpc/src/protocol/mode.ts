import type { SerializationMode } from "@aster/contract";

/** The numbers of the serialization modes in a header (docs/wire.md, "Headers and status"). */
export const ModeNumber = { xlang: 0, native: 1, row: 2, json: 3 } as const;

/**
 * XLANG in profile B. Admission offers it as a mode of its own; in a header it has the number of
 * XLANG.
 */
export const XLANG_B = "xlang1";

/**
 * The encoding of messages: a serialization mode, with XLANG in one of two profiles (docs/wire.md,
 * "Modes").
 */
export type WireMode = SerializationMode | typeof XLANG_B;

/** Returns the number of a mode in a header. */
export function modeNumber(mode: WireMode): number {
  return ModeNumber[mode === XLANG_B ? "xlang" : mode];
}
