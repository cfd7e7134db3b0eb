/** The ids of values in addition to Fory's type ids (docs/fory.md, "Native"). */
export const NativeId = {
  undefined: 64,
  hole: 65,
  reference: 66,
  textAgain: 67,
  bigint: 68,
  longBigint: 69,
  invalidDate: 70,
  regexp: 71,
  error: 72,
  boxed: 73,
  arrayBuffer: 74,
  view: 75,
  bufferOf: 76,
  newShape: 77,
  shape: 78,
  entries: 79,
  clampedArray: 80,
  dataView: 81,
} as const;

/**
 * From this id on, the id of a record is the number of its shape, for the first 32 shapes of a
 * message.
 */
export const firstShapeId = 96;

/** From this id on, the id is the value: integers from −32 to 95. */
export const firstSmallId = 128;
/** The id of the integer 0. */
export const zeroId = 160;

/**
 * The beginning of every message: the header, the version of the format, and the language as a
 * string.
 */
export const messageHead: Uint8Array = Uint8Array.of(0, 1, 12, 0x6a, 0x73, 0x31);
