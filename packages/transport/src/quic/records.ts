/**
 * The records that cross the native border, commands one way and events the other: a header of 16 bytes
 * (op u8, flags u8, u16 unused, handle u32, arg u32, length u32, little endian) and a payload.
 * `crates/native/src/commands.rs` and `events.rs` hold the same numbers.
 */
export const RECORD_HEADER_BYTES = 16;

export const CommandOp = {
  Open: 1,
  Send: 2,
  Reset: 3,
  Stop: 4,
  Credit: 5,
  Close: 6,
  Admit: 7,
  Notify: 8,
  Take: 9,
} as const;

export const EventOp = {
  Frame: 1,
  Large: 2,
  Fin: 3,
  Reset: 4,
  Stopped: 5,
  Writable: 6,
  Malformed: 7,
  Stream: 8,
  Connection: 9,
  Closed: 10,
  Ask: 11,
  Dialed: 12,
  Failed: 13,
  Opened: 14,
  Down: 15,
  Overrun: 16,
} as const;

/** Payloads from here on cross the border in buffers of their own. */
export const LARGE_BYTES: number = 64 * 1024;
