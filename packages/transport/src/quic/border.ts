// Generated from crates/native/src/border.rs by test/quic/border.test.ts.

/** The offsets of the fields in the header of a record. */
export const RecordHeader = {
  /** One of `CommandOp` or `EventOp`, u8. */
  OP_AT: 0,
  /** u8; the meaning depends on the op. */
  FLAGS_AT: 1,
  /** The stream, connection, dial or gate question, u32. */
  HANDLE_AT: 4,
  /** u32; the meaning depends on the op. */
  ARG_AT: 8,
  /** The length of the payload, u32. */
  LENGTH_AT: 12,
  /** The length of the whole header. */
  BYTES: 16,
} as const;

/** Commands from JavaScript to the reactor. */
export const CommandOp = {
  /** Opens stream `handle` on connection `arg` and sends the payload. */
  OPEN: 1,
  /** Sends the payload on stream `handle`. */
  SEND: 2,
  /** Resets both halves of stream `handle` with application code `arg`. */
  RESET: 3,
  /** Asks the peer of stream `handle` to stop sending, with application code `arg`. */
  STOP: 4,
  /** Returns `arg` bytes of read credit to stream `handle`. */
  CREDIT: 5,
  /** Closes connection `handle` with application code `arg`; the payload is the reason. */
  CLOSE: 6,
  /** Answers gate question `handle`. */
  ADMIT: 7,
  /** Asks for a `WRITABLE` event of stream `handle`. */
  NOTIFY: 8,
  /** The program took connection `handle`: its accept slot is free again. */
  TAKE: 9,
  /** Ends the sending half of stream `handle`, and asks for a `SENT` event. */
  FINISH: 10,
  /** Asks for an `UNSENT` event of stream `handle`. */
  MEASURE: 11,
  /** Asks for a `BACKLOG` event of connection `handle`. */
  MEASURE_ALL: 12,
  /** Reports what connection `handle` keeps: `BACKLOG`, `ARRIVING`, `UNSENT` of ended streams. */
  OBSERVE: 13,
} as const;

/** The bits of the flags of a command. */
export const CommandFlag = {
  /** On `OPEN` and `SEND`: the sending half ends after this payload. */
  END: 1,
  /** On `ADMIT`: the peer may connect. */
  ADMITTED: 1,
} as const;

/** Events from the reactor to JavaScript. */
export const EventOp = {
  /** A frame of stream `handle` with the flags of the record. */
  FRAME: 1,
  /** As `FRAME`, with the token for `takeLarge` in `arg` instead of a payload. */
  LARGE: 2,
  /** The peer ended its half of stream `handle`. */
  FIN: 3,
  /** The peer reset stream `handle` with code `arg`; the stream is freed. */
  RESET: 4,
  /** The peer stopped reading stream `handle`, code `arg`. Its sending half is freed. */
  STOPPED: 5,
  /** The send buffer of stream `handle` has shrunk to `WRITABLE_BYTES`. */
  WRITABLE: 6,
  /** Stream `handle` broke the framing rules (payload: text). Its receiving half is freed. */
  MALFORMED: 7,
  /** The peer opened stream `handle` on connection `arg`. */
  STREAM: 8,
  /** Connection `handle` arrived. Payload: endpoint id, ALPN of `arg` bytes, address. */
  CONNECTION: 9,
  /** Connection `handle` ended. Flags: `EndingKind`, `arg`: application code, payload: text. */
  CLOSED: 10,
  /** The gate decides about question `handle`. Payload: endpoint id and ALPN. */
  ASK: 11,
  /** Dial `handle` became connection `arg`. Payload: endpoint id. */
  DIALED: 12,
  /** Dial `handle` failed. Flags, `arg` and payload as for `CLOSED`. */
  FAILED: 13,
  /** The endpoint is bound. */
  OPENED: 14,
  /** The last event of a node. */
  DOWN: 15,
  /** Stream `handle` is freed: its peer made this side keep too much. */
  OVERRUN: 16,
  /** The close handshake of connection `handle` is over, after `CLOSED` with `CLOSING`. */
  GONE: 17,
  /** The gate refused `handle` connections. Payload of some: id, length of ALPN (u8), ALPN. */
  REFUSED: 18,
  /** The send buffer of stream `handle` on connection `arg`. Payload: its bytes, u32. */
  UNSENT: 19,
  /** The sending half of stream `handle` has ended, and all of it has left. */
  SENT: 20,
  /** The send buffers of connection `handle` hold `arg` bytes. */
  BACKLOG: 21,
  /** Connection `handle` holds `arg` bytes of incomplete frames or without credit. */
  ARRIVING: 22,
  /** Connection `handle` has events to drain. */
  READY: 23,
} as const;

/** The bits of the flags of an event. */
export const EventFlag = {
  /** On `CONNECTION`: streams carry plain bytes instead of frames. */
  RAW: 1,
  /** On `DOWN`: the native module failed; the payload is a text. */
  FAULT: 1,
  /** Answers `MEASURE_ALL`, or `MEASURE`; without it, `UNSENT` is of an ended stream. */
  ANSWER: 1,
} as const;

/** The reasons for the end of a connection or dial. */
export const EndingKind = {
  /** One side closed the connection, or it failed. */
  CLOSED: 1,
  /** The peer could not be reached, or refused the connection. */
  CONNECT: 2,
  /** The peer did not answer in time. */
  TIMEOUT: 3,
  /** The address or the ALPN is not valid. */
  ADDRESS: 4,
  /** The native module failed. */
  NATIVE: 5,
  /** This side closed the connection; its close handshake is under way. */
  CLOSING: 6,
} as const;

/** Application codes of streams (docs/wire.md, "Stream codes"). */
export const StreamCode = {
  /** The call was cancelled. */
  CANCELLED: 1,
  /** The stream was not processed and can be tried again. */
  REFUSED_STREAM: 8,
  /** The receiver failed; the connection stays open. */
  INTERNAL_ERROR: 13,
} as const;

/** Sizes and bounds. */
export const Limit = {
  /** The length of an endpoint id, an ed25519 public key. */
  ENDPOINT_ID_BYTES: 32,
  /** The largest handle that JavaScript chooses. Streams of the peer have the highest bit. */
  MAX_HANDLE: 2_147_483_647,
  /** The application code of an ending without one. */
  NO_CODE: 4_294_967_295,
  /** The longest reason of a close, so that it fits one QUIC packet. */
  REASON_BYTES: 256,
  /** The largest frame, flags byte included (docs/wire.md, "Frames"). */
  MAX_FRAME_BYTES: 16_777_216,
  /** Payloads from this size on are not copied into records but have their own buffers. */
  LARGE_BYTES: 65_536,
  /** Unread bytes a stream may deliver while the node as a whole holds little. */
  WINDOW_BYTES: 262_144,
  /** The same while it holds much. More than `CREDIT_STEP_BYTES`, or reading would stop. */
  SMALL_WINDOW_BYTES: 32_768,
  /** JavaScript returns credit in steps of this size, so that a small frame costs no command. */
  CREDIT_STEP_BYTES: 16_384,
  /** A `NOTIFY` command is answered when the send buffer is at most this. */
  WRITABLE_BYTES: 131_072,
  /** Bytes sent before a sender waits. More than `WRITABLE_BYTES`: the network stays busy. */
  SEND_WINDOW_BYTES: 262_144,
  /** The bit in the result of `drain` that says that more events are left. */
  MORE_BIT: 2_147_483_648,
  /** Bytes of small messages that a paused stream holds before it is reset. */
  HELD_BYTES: 2_097_152,
} as const;
