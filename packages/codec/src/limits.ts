/** Bounds that hold for every message of a codec, in both directions. */
export interface CodecLimits {
  /** How deep structs, lists, sets and maps may nest. */
  readonly depth: number;
  /** Bytes of one encoded message. */
  readonly messageBytes: number;
  /** Rough memory of the containers of one decoded message; strings and bytes are bounded by the message itself. */
  readonly graphBytes: number;
}

/** The bounds of a codec that was given none; see docs/fory.md, "Limits". */
export const defaultLimits: CodecLimits = Object.freeze({
  depth: 50,
  messageBytes: 16 * 1024 * 1024,
  graphBytes: 64 * 1024 * 1024,
});

/** Most fields of one wire type. */
export const maxFields: number = 512;
