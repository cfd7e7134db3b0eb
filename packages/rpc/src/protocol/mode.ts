import type { SerializationMode } from "@aster/contract";

/** The numbers of the serialization modes in a header (docs/wire.md, "Headers and status"). */
export const ModeNumber = { xlang: 0, native: 1, row: 2, json: 3 } as const;

/** XLANG in profile B: its own mode in admission offers, with the number of XLANG in headers. */
export const XLANG_B = "xlang1";

/** How messages are written: in a mode, of which XLANG has two generations (docs/wire.md, "Modes"). */
export type MessageForm = SerializationMode | typeof XLANG_B;

/** The number of a form's mode in a header. */
export function modeNumber(form: MessageForm): number {
  return ModeNumber[form === XLANG_B ? "xlang" : form];
}
