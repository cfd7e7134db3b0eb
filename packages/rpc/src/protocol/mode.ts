/** The numbers of the serialization modes in a header (docs/wire.md, "Headers and status"). */
export const ModeNumber = { xlang: 0, native: 1, row: 2, json: 3 } as const;

/** The modes in which we can code messages. */
export type CodedMode = "xlang" | "json";
