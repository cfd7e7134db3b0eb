import type { SerializationMode } from "@aster/contract";

/** The numbers of the serialization modes in a header (docs/wire.md, "Headers and status"). */
export const ModeNumber = { xlang: 0, native: 1, row: 2, json: 3 } as const;

/** XLANG in profile B, as admission offers it: a mode of its own there, and the number of XLANG in a header. */
export const XLANG_B = "xlang1";

/** How messages are written: in a mode, of which XLANG has two generations (docs/wire.md, "Modes"). */
export type WireMode = SerializationMode | typeof XLANG_B;

/** The mode that a header names. */
export function modeNumber(form: WireMode): number {
  return ModeNumber[form === XLANG_B ? "xlang" : form];
}
